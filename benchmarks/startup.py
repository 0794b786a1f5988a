"""What a client takes before its first message: its import, and a session without any mail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .pairs import Comparison, Turn, take_turns, timed
from .senders import client_session

if TYPE_CHECKING:
    from .servers import Server

_IMPORT = """
import sys, time
sys.path.insert(0, sys.argv[1])
started, processor = time.perf_counter(), time.process_time()
__import__(sys.argv[2])
print(time.process_time() - processor, time.perf_counter() - started)
"""


def _import(module: str) -> Turn:
    # -I -S: what an environment imports at its start, because it is one, is imported for neither.
    command = [sys.executable, "-I", "-S", "-c", _IMPORT, str(Path(__file__).parents[1]), module]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    processor, wall = map(float, printed.split())
    return Turn(processor, wall)


def compare_imports(ours: str, theirs: str, *, pairs: int) -> Comparison:
    """Import two modules in turns, each time in a fresh interpreter."""
    return take_turns(lambda: _import(ours), lambda: _import(theirs), pairs)


def compare_sessions(ours: str, theirs: str, server: Server, *, times: int, pairs: int) -> Comparison:
    """Connect, say EHLO and QUIT with two clients in turns; only their side is measured."""

    def sessions(module: str) -> None:
        for _ in range(times):
            with client_session(module, server):
                pass

    return take_turns(lambda: timed(lambda: sessions(ours)), lambda: timed(lambda: sessions(theirs)), pairs, acts=times)
