"""This module owns load: processes that do nothing but keep cores busy."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

_BURN = "while True:\n    pass"


@contextlib.contextmanager
def burning(processes: int) -> Iterator[None]:
    """Keep so many cores busy, at the priority of this process, within a ``with`` block."""
    with contextlib.ExitStack() as stack:
        for _ in range(processes):
            burner = subprocess.Popen([sys.executable, "-c", _BURN])  # noqa: S603 - three words of ours
            stack.callback(burner.wait)
            stack.callback(burner.kill)
        yield
