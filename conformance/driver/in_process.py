"""This module owns driving a candidate inside our own process, for debugging: breakpoints and coverage reach it.

The driver's session runs in one thread. A candidate that hangs cannot be killed: its thread is left behind, and what
it was given (host table, default timeout) stays in force. One that ends the process ends the run.
"""

from __future__ import annotations

import contextlib
import json
import queue
import sys
import threading
import traceback

from conformance.driver.channel import trouble
from conformance.driver.python_driver import Session
from conformance.driver.trouble import CandidateTroubleError, TroubleKind


class InProcessWire:
    """A Python driver's session in a thread of this process, behind the same lines of JSON.

    Args:
        folder: where modules are imported from first; it stays on ``sys.path``.
    """

    def __init__(self, folder: str) -> None:
        if folder not in sys.path:
            sys.path.insert(0, folder)
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="candidate", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        session = Session(only_this_thread=True)
        while (line := self._requests.get()) is not None:
            self._answers.put(json.dumps(session.answer(json.loads(line))).encode("ascii"))

    def exchange(self, line: bytes, *, within: float, request: str) -> bytes:
        """Hand a line to the session and return its answer.

        Raises:
            CandidateTroubleError: there was none in so many seconds.
        """
        self._requests.put(line)
        try:
            return self._answers.get(timeout=within)
        except queue.Empty:
            stack = self._stack()
            raise trouble(TroubleKind.HUNG, request, f"no answer within {within:.3g} s", stack=stack) from None

    def _stack(self) -> str:
        frame = sys._current_frames().get(self._thread.ident or 0)  # noqa: SLF001 - the only way to a thread's stack
        return "".join(traceback.format_stack(frame)) if frame else ""

    def breach(self, detail: str, request: str) -> CandidateTroubleError:
        """Return the trouble of a line that is no answer."""
        return trouble(TroubleKind.BREACH, request, detail)

    def interrupt(self) -> None:
        """Do nothing: a thread cannot be ended from outside."""

    def allow_stack_dumps(self) -> None:
        """Nothing to allow: our own stack is always to be seen."""

    def end(self) -> None:
        """Let the thread end where it waits for a request; one that hangs is left behind."""
        with contextlib.suppress(RuntimeError):
            self._requests.put(None)
