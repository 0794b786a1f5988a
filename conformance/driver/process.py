"""This module owns a driver's process and the three pipes to it: written and read against a deadline, never blocking.

The process leads a session and a process group of its own, works in a temporary folder, and is killed with its whole
group. It does not know what the lines mean.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from conformance.driver.channel import excerpt, trouble
from conformance.driver.trouble import CandidateTroubleError, TroubleKind
from conformance.errors import CandidateError, HarnessError

LONGEST_LINE = 64 * 1024 * 1024
"""Octets of one answer; the Python driver keeps far below."""
STDERR_TAIL = 16 * 1024
"""Octets of standard error that are kept for the report, the last ones."""
_CHUNK = 64 * 1024  # what a pipe holds; the memory for more is fetched from the system anew for each read
_LAST_CHUNKS = 16  # reads from the pipe of a dead process: more than a pipe holds
_STACK_WITHIN = 2.0  # seconds until the stack must begin to come; under load a dump takes its time
_STACK_PAUSE = 0.2  # seconds of silence after which a dump is taken to be complete
_LAST_WORDS_WITHIN = 1.0  # seconds between the end of standard output and that of the process
_REAP_WITHIN = 10.0  # seconds for the system to end a process that was killed

_OF_THE_MACHINE = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ENOSPC, errno.EDQUOT, errno.EIO}
)


class ProcessWire:
    """A driver in a process of its own.

    Args:
        command: the program and its arguments.
        environment: all of its environment.
        folder: where it works; None: in a temporary folder, removed at the end.

    Raises:
        CandidateError: there is no such program, or it cannot be run.
        HarnessError: the machine is out of descriptors, memory or disk.
    """

    def __init__(self, command: Sequence[str], *, environment: Mapping[str, str], folder: str | None = None) -> None:
        self._can_dump_stack = False
        self._exited = False
        self._answers = bytearray()
        self._no_more_answers = False
        self._stderr = bytearray()
        self._stderr_length = 0
        self._outgoing = memoryview(b"")
        with contextlib.ExitStack() as cleanup:
            with _translated(command):
                work = folder or cleanup.enter_context(
                    tempfile.TemporaryDirectory(prefix="smtp-conformance-", ignore_cleanup_errors=True)
                )
                self._process = subprocess.Popen(  # noqa: S603 - running the user's candidate is what we are for
                    command,
                    bufsize=0,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    cwd=work,
                    env=dict(environment),
                    start_new_session=True,
                )
                cleanup.callback(self._kill)
                self._stdin, self._stdout, self._stderr_pipe = self._pipes(cleanup)
                self._selector = cleanup.enter_context(selectors.DefaultSelector())
                self._watch_exit(cleanup)
            self._selector.register(self._stdout, selectors.EVENT_READ, self._read_answers)
            self._selector.register(self._stderr_pipe, selectors.EVENT_READ, self._read_stderr)
            self._cleanup = cleanup.pop_all()

    def _pipes(self, cleanup: contextlib.ExitStack) -> list[int]:
        descriptors = []
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            opened: IO[bytes] = cleanup.enter_context(pipe)  # type: ignore[arg-type]
            os.set_blocking(opened.fileno(), False)
            descriptors.append(opened.fileno())
        return descriptors

    def _watch_exit(self, cleanup: contextlib.ExitStack) -> None:
        """Have the end of the process seen even where children of it keep its pipes open (Linux only)."""
        if hasattr(os, "pidfd_open"):
            self._exit = os.pidfd_open(self._process.pid)
            cleanup.callback(os.close, self._exit)
            self._selector.register(self._exit, selectors.EVENT_READ, self._see_exit)

    def allow_stack_dumps(self) -> None:
        """Let the process be asked for its stack by SIGUSR1."""
        self._can_dump_stack = True

    # -- the conversation

    def exchange(self, line: bytes, *, within: float, request: str) -> bytes:
        """Send a line and return the one that comes back, without its line end.

        Raises:
            CandidateTroubleError: none came in so many seconds, or the process ended, or it spoke out of turn.
        """
        deadline = time.monotonic() + within
        if not self._no_more_answers:
            self._read_answers()
        if self._answers:
            raise self.breach(f"it spoke without being asked: {excerpt(bytes(self._answers))}", request)
        self._outgoing = memoryview(line)
        if line and not self._exited:
            self._write()
        if self._outgoing:  # more than the pipe holds: the rest goes as the driver reads
            self._selector.register(self._stdin, selectors.EVENT_WRITE, self._write_on)
        try:
            return self._answer(deadline, within, request)
        finally:
            if self._outgoing:
                self._nothing_to_write()

    def _answer(self, deadline: float, within: float, request: str) -> bytes:
        looked_at = 0
        while True:
            end = self._answers.find(b"\n", looked_at)
            if end >= 0:
                return self._take(end)
            looked_at = len(self._answers)
            if looked_at > LONGEST_LINE:
                raise self.breach(f"an answer of more than {LONGEST_LINE} octets", request)
            if self._exited or self._no_more_answers:
                raise self._ended(request)
            left = deadline - time.monotonic()
            if left <= 0:
                raise self._hung(within, request)
            self._wait(left)

    def _take(self, end: int) -> bytes:
        line = bytes(self._answers[:end])
        del self._answers[: end + 1]
        return line

    def _wait(self, seconds: float) -> bool:
        """Wait for the pipes or the end of the process, and serve them; False: nothing happened."""
        ready = self._selector.select(seconds)
        for key, _ in ready:
            key.data()
        return bool(ready)

    # -- what the selector calls

    def _write_on(self) -> None:
        self._write()
        if not self._outgoing:
            self._nothing_to_write()

    def _write(self) -> None:
        try:
            written = os.write(self._stdin, self._outgoing[:_CHUNK])
        except BlockingIOError:
            return
        except OSError:  # it closed its end; whether it ended as well is seen elsewhere
            self._no_more_answers = True
            written = len(self._outgoing)
        self._outgoing = self._outgoing[written:]

    def _nothing_to_write(self) -> None:
        self._outgoing = memoryview(b"")
        if self._stdin in self._selector.get_map():
            self._selector.unregister(self._stdin)

    def _read_answers(self) -> None:
        octets = self._read(self._stdout)
        self._answers += octets or b""
        if octets == b"":
            self._no_more_answers = True

    def _read_stderr(self) -> None:
        octets = self._read(self._stderr_pipe) or b""
        self._stderr_length += len(octets)
        self._stderr += octets
        del self._stderr[:-STDERR_TAIL]

    def _read(self, descriptor: int) -> bytes | None:
        """Return what is there: None: nothing now; empty: the end of the pipe, and it is watched no longer."""
        try:
            octets = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return None
        if not octets:
            self._selector.unregister(descriptor)
        return octets

    def _see_exit(self) -> None:
        """Note the end of the process, and read what it left in the pipes: its children may hold them open."""
        self._exited = True
        self._selector.unregister(self._exit)
        for descriptor, read in ((self._stdout, self._read_answers), (self._stderr_pipe, self._read_stderr)):
            for _ in range(_LAST_CHUNKS):
                if descriptor in self._selector.get_map():
                    read()

    # -- trouble

    def breach(self, detail: str, request: str) -> CandidateTroubleError:
        """Return the trouble of a line that is no answer."""
        return trouble(TroubleKind.BREACH, request, detail, stderr=self._tail())

    def _ended(self, request: str) -> CandidateTroubleError:
        """Return how the process ended; where it only closed its pipes, that."""
        deadline = time.monotonic() + _LAST_WORDS_WITHIN
        while not self._exited and (left := deadline - time.monotonic()) > 0:
            self._wait(left)
        if not self._exited and not self._has_exited():
            return self.breach("it closed its pipes and runs on", request)
        self._kill()
        code = self._process.returncode
        rest = f", and left half an answer: {excerpt(bytes(self._answers))}" if self._answers else ""
        if code < 0:
            detail = f"by signal {signal_name(-code)}{rest}"
            return trouble(TroubleKind.CRASHED, request, detail, stderr=self._tail())
        return trouble(TroubleKind.EXITED, request, f"with code {code}{rest}", stderr=self._tail())

    def _has_exited(self) -> bool:
        """Ask the system, where the end of a process cannot be watched."""
        return not hasattr(os, "pidfd_open") and self._process.poll() is not None

    def _hung(self, within: float, request: str) -> CandidateTroubleError:
        detail = f"no answer within {within:.3g} s"
        if self._answers:
            detail += f" but the beginning of one: {excerpt(bytes(self._answers))}"
        before = self._tail()
        stack = self._dumped_stack()
        return trouble(TroubleKind.HUNG, request, detail, stack=stack, stderr=before)

    def _dumped_stack(self) -> str:
        """Return the stack of the hung process: what it writes to standard error when asked for it."""
        if not self._can_dump_stack:
            return ""
        start = self._stderr_length
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGUSR1)
        deadline = time.monotonic() + _STACK_WITHIN
        while (left := deadline - time.monotonic()) > 0 and not self._exited:
            if not self._wait(min(left, _STACK_PAUSE)) and self._stderr_length > start:
                break
        length = min(self._stderr_length - start, len(self._stderr))
        return self._stderr[len(self._stderr) - length :].decode("utf-8", "backslashreplace")

    def _tail(self) -> str:
        text = self._stderr.decode("utf-8", "backslashreplace")
        if self._stderr_length > len(self._stderr):
            return f"[… {self._stderr_length - len(self._stderr)} octets before]\n{text}"
        return text

    # -- the end

    def end(self) -> None:
        """Kill the process group, reap the process, and close everything."""
        self._cleanup.close()

    def interrupt(self) -> None:
        """Kill the process group from another thread; who waits for an answer sees that the process has ended."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _kill(self) -> None:
        """Kill the group while its leader is not reaped, so that its number cannot be another's; then reap it."""
        if self._process.returncode is None:
            self.interrupt()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_REAP_WITHIN)


@contextlib.contextmanager
def _translated(command: Sequence[str]) -> Iterator[None]:
    """Say whose fault it is that a process cannot be started."""
    try:
        yield
    except OSError as error:
        if error.errno in _OF_THE_MACHINE:
            raise HarnessError(f"the machine cannot start a process for a candidate: {error}") from error
        raise CandidateError(f"cannot run {' '.join(command)}: {error}") from error


def signal_name(number: int) -> str:
    """Return a signal's name, or its number where it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
