"""This module owns the conversation with one driver: numbering, one answer to each request, and its end.

It does not know how lines reach the driver; that is a ``Wire``. After trouble, nothing goes over a channel any more:
a late answer can never be booked on the next scenario.
"""

from __future__ import annotations

import errno
import json
from types import TracebackType
from typing import Protocol, Self

from conformance.driver.answers import (
    Answer,
    Identity,
    Observation,
    Raised,
    Unsupported,
    read_answer,
    read_identity,
)
from conformance.driver.requests import MODULE, AnyRequest, Close, Get, Given, Request, Start, Stop
from conformance.driver.trouble import CandidateTrouble, CandidateTroubleError, TroubleKind
from conformance.driver.values import FormError, Json
from conformance.errors import HarnessError

_EXCERPT = 200  # octets of a wrong answer in a message
_STOP_WITHIN = 2.0  # seconds for an orderly end; a kill follows anyway
_SYNC = Get(names=(), on=MODULE)

_UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading an answer may raise whose form is not as the protocol says; FormError is one of these."""

_OF_THE_MACHINE = frozenset({errno.ENFILE, errno.ENOSPC, errno.ENOMEM, errno.EDQUOT})
"""Errors of the system as a whole: no verdict on the candidate follows from them."""


class Wire(Protocol):
    """Carries lines to a driver and back."""

    def exchange(self, line: bytes, *, within: float, request: str) -> bytes:
        """Send a line and return the one that comes back, without its line end.

        Raises:
            CandidateTroubleError: none came in so many seconds, or the driver ended, or it spoke out of turn.
        """
        ...

    def breach(self, detail: str, request: str) -> CandidateTroubleError:
        """Return the trouble of a line that is no answer, with what the wire knows beside it."""
        ...

    def end(self) -> None:
        """End the driver and all that it started, whatever state it is in; never raise."""
        ...

    def interrupt(self) -> None:
        """End the driver from another thread than the one that waits for its answer, and leave the rest to that one."""
        ...

    def allow_stack_dumps(self) -> None:
        """Let a hung driver be asked for its stack: it said that it understands that."""
        ...


class Channel:
    """A conversation with one driver.

    Args:
        wire: carries the lines.
        start: the first request.
        within: seconds for its answer.
        trusted: the driver is ours, and answers each request once; no other is believed that.

    Attributes:
        identity: what the driver said of itself.
        usable: False after trouble and after the end.
        at_rest: True before the first request and after ``close``: the next scenario can begin.
    """

    def __init__(self, wire: Wire, start: Start, *, within: float, trusted: bool = False) -> None:
        self._wire = wire
        self._trusted = trusted
        self._number = 0
        self.usable = True
        self.at_rest = True
        try:
            self.identity = self._start(start, within)
        except BaseException:
            self.end()
            raise

    def _start(self, start: Start, within: float) -> Identity:
        answer = self._exchange(start, within)
        if "started" not in answer:
            raise NotStartedError(self._understood(start, answer))
        try:
            identity = read_identity(answer)
        except _UNREADABLE as error:
            raise self._fail(_in_words(error), start) from error
        if "stack-dump" in identity.capabilities:
            self._wire.allow_stack_dumps()
        return identity

    def request(self, request: Request, *, within: float) -> Answer:
        """Make a request and return what was observed.

        A ``Given`` is not sent to a driver that lacks the capability.

        Raises:
            CandidateTroubleError: there is no proper answer; the driver is dead now and this channel unusable.
            HarnessError: the request was not understood.
        """
        if not self.usable:
            raise HarnessError(f"a channel was used after its end (for {request}); take a new one")
        if isinstance(request, Given):
            missing = [name for name in request.capabilities() if name not in self.identity.capabilities]
            if missing:
                return Unsupported(reason=f"its driver cannot arrange {', '.join(missing)}")
        self.at_rest = False
        answer = self._understood(request, self._exchange(request, within))
        if isinstance(request, Close):
            if not self._trusted:
                # A second answer to the last request must not wait for the next scenario: it comes before this one's.
                self._understood(_SYNC, self._exchange(_SYNC, within))
            self.at_rest = True
        return answer

    def _exchange(self, request: AnyRequest, within: float) -> dict[str, Json]:
        self._number += 1
        message = {"id": self._number, **request.to_json()}
        try:
            line = self._wire.exchange(json.dumps(message).encode("ascii") + b"\n", within=within, request=str(request))
        except BaseException:
            self.end()
            raise
        try:
            answer = json.loads(line.decode())
        except (ValueError, RecursionError) as error:
            raise self._fail(f"expected an answer in JSON, got {excerpt(line)}", request) from error
        if not isinstance(answer, dict):
            raise self._fail(f"expected a JSON object, got {excerpt(line)}", request)
        number = answer.get("id")
        if number != self._number or isinstance(number, bool):
            raise self._fail(f"expected the answer to request {self._number}, got {excerpt(line)}", request)
        return answer

    def _understood(self, request: AnyRequest, answer: dict[str, Json]) -> Answer:
        if "refused" in answer:
            self.end()
            raise HarnessError(f"the driver did not understand the request {request}: {answer['refused']}")
        try:
            read = read_answer(answer)
        except _UNREADABLE as error:
            raise self._fail(_in_words(error), request) from error
        if isinstance(read, Observation) and isinstance(read.outcome, Raised):
            self._blame_the_machine(request, read.outcome)
        return read

    def _blame_the_machine(self, request: AnyRequest, raised: Raised) -> None:
        number = raised.attributes.get("errno")
        if isinstance(number, int) and number in _OF_THE_MACHINE:
            self.end()
            raise trouble(TroubleKind.MACHINE, str(request), str(raised))

    def _fail(self, detail: str, request: AnyRequest) -> CandidateTroubleError:
        error = self._wire.breach(detail, str(request))
        self.end()
        return error

    def stop(self) -> None:
        """End the driver in an orderly way where it lets itself be ended so; else by force."""
        if self.usable:
            try:
                self._exchange(Stop(), _STOP_WITHIN)
            except CandidateTroubleError:
                pass  # nothing depends on the answer: no scenario is being played
            finally:
                self.end()

    def interrupt(self) -> None:
        """End the driver from another thread; whoever waits for its answer gets trouble instead."""
        self._wire.interrupt()

    def end(self) -> None:
        """End the driver by force, and what it started with it."""
        self.usable = False
        self._wire.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


class NotStartedError(Exception):
    """The driver answered that it cannot start what it is to drive.

    Attributes:
        answer: the exception that loading it raised, or why it is unsupported.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        if isinstance(answer, Unsupported):
            reason = answer.reason
        elif isinstance(answer.outcome, Raised):
            reason = "\n".join([str(answer.outcome), *(f"  {place}" for place in answer.outcome.where)])
        else:
            reason = 'its answer to start has no "started"'
        super().__init__(reason)


def _in_words(error: Exception) -> str:
    if isinstance(error, FormError):
        return str(error)
    return f"the answer is not as the protocol says: {type(error).__name__}: {error}"


def excerpt(line: bytes) -> str:
    """Return the beginning of a line, with everything visible."""
    shown = repr(line[:_EXCERPT])[1:]
    return shown if len(line) <= _EXCERPT else f"{shown}… ({len(line)} octets)"


def trouble(
    kind: TroubleKind, request: str, detail: str, *, stack: str = "", stderr: str = ""
) -> CandidateTroubleError:
    """Return a trouble as an exception."""
    return CandidateTroubleError(
        CandidateTrouble(kind=kind, request=request, detail=detail, stack=stack, stderr=stderr)
    )
