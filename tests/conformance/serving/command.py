"""Runs ``serve`` and ``record`` as their users do: in a process of their own, told by signals to end."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 30.0  # seconds; nothing here takes that long unless it is broken
COMMAND = [sys.executable, "-m", "conformance"]


@dataclass(slots=True, kw_only=True)
class Served:
    """A command that serves.

    Attributes:
        process: it.
        ready: the words of its readiness line.
        output: what it wrote behind that, once it has ended.
        errors: what it wrote to standard error, once it has ended.
    """

    process: subprocess.Popen[str]
    ready: list[str]
    output: str = ""
    errors: str = ""

    @property
    def address(self) -> tuple[str, int]:
        return self.ready[2], int(self.ready[3])

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal; its exit code."""
        self.process.send_signal(how)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end; its exit code."""
        self.output, self.errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode


@contextmanager
def serving(*arguments: str | Path) -> Iterator[Served]:
    """Run a command that serves until the block ends."""
    process = subprocess.Popen(  # noqa: S603 - our own
        [*COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line.startswith("READY "):
            process.kill()
            raise AssertionError(f"no readiness line but {line!r} and {process.communicate()[1]}")
        yield Served(process=process, ready=line.split())
    finally:
        process.kill()
        process.communicate()


def failing(*arguments: str | Path) -> tuple[int, str]:
    """Run a command that does not come to serve; its exit code and what it says."""
    done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 - our own
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.returncode, done.stdout + done.stderr
