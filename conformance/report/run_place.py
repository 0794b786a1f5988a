"""This module owns where a run takes place: its folder for temporary files, its processes, the signals that end it.

Whatever the run, its workers and its candidates leave behind, also when they are killed, goes at its end.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

_MARK = "SMTP_CONFORMANCE_RUN"
"""The environment variable by which processes of a run are known, whoever their parent is by now."""

_PROCESSES = Path("/proc")
_ENDING_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextlib.contextmanager
def place_of_run() -> Iterator[None]:
    """Give a run its place, within a ``with`` block.

    Raises:
        SystemExit: a signal ended the run; the code is 128 and the signal's number, as shells have it.
    """
    with _ended_by_signals(), _own_temporary_folder(), _own_processes():
        yield


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the run as Ctrl-C does: in order."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told of signals
        return
    received: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        if not received:  # the end is under way; a second signal must not disturb it
            received.append(number)
            raise KeyboardInterrupt

    # One that is ignored (nohup) stays so.
    heeded = [number for number in _ENDING_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in heeded}
    try:
        yield
    except KeyboardInterrupt:
        if not received:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if received:
        sys.exit(128 + received[0])


@contextlib.contextmanager
def _own_temporary_folder() -> Iterator[None]:
    """Put all temporary files of the run into one folder, which goes with it."""
    before = os.environ.get("TMPDIR"), tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="smtp-conformance-run-", ignore_cleanup_errors=True) as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before[1]
            if before[0] is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before[0]


@contextlib.contextmanager
def _own_processes() -> Iterator[None]:
    """End at the end what a worker that was killed could not end: its candidates, however they hang (Linux)."""
    mark = uuid.uuid4().hex
    os.environ[_MARK] = mark
    try:
        yield
    finally:
        del os.environ[_MARK]
        for number in _marked(f"{_MARK}={mark}".encode()):
            with contextlib.suppress(OSError):
                os.kill(number, signal.SIGKILL)


def _marked(mark: bytes) -> Iterator[int]:
    if not (_PROCESSES / "self/environ").exists():
        return
    for entry in _PROCESSES.iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    yield int(entry.name)
