"""This module owns ``driver check``: a driver's author is told, step by step, what their driver still gets wrong.

It speaks with the driver line by line and forgives nothing, but goes on after a mistake: with a fresh process where the
old one is in disorder. What it asks for is written in docs/driver-protocol.md.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from conformance.driver.process import ProcessWire
from conformance.driver.trouble import CandidateTroubleError, TroubleKind
from conformance.errors import CandidateError
from conformance.runner.check_servers import ONE_REFUSED, SILENT, TWO_SESSIONS
from conformance.scenario.schema import schema_messages
from fake_servers import End, FakeServer, Kind

_SCHEMA = Path(__file__).parents[1] / "driver" / "protocol.schema.json"
_DOCUMENT = "docs/driver-protocol.md"
_START_WITHIN = 30.0  # seconds; a cold disk and a busy machine take their time
_WITHIN = 10.0  # seconds; a driver in good order takes milliseconds
_PATIENCE = 1.0  # seconds of silence before a driver is taken to wait for the server
CAPABILITIES = frozenset(
    {"fqdn", "default-timeout", "hosts", "without", "audit", "watch", "signature", "bases", "stack-dump"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came out of one step.

    Attributes:
        step: what was tried, in words.
        wrong: what was expected and what came; empty where all was right.
        fix: what to do.
        see: the section of the document.
    """

    step: str
    wrong: str = ""
    fix: str = ""
    see: str = ""

    @property
    def reference(self) -> str:
        """Where to read on."""
        return f"{_DOCUMENT}#{self.see}" if self.see else _DOCUMENT


class _WrongError(Exception):
    """A step went wrong; the step that asked for it says what to do."""

    def __init__(self, wrong: str, fix: str, see: str) -> None:
        super().__init__(wrong)
        self.finding = {"wrong": wrong, "fix": fix, "see": see}


class _Driver:
    """The driver's process, spoken with line by line."""

    def __init__(self, command: Sequence[str]) -> None:
        self._wire = ProcessWire(command, environment=os.environ, folder=str(Path.cwd()))
        self._number = 0

    def ask(self, op: str, *, number: int = 0, within: float = _WITHIN, **keys: object) -> dict[str, Any]:
        """Make a request and return its answer.

        Raises:
            _WrongError: what comes is no answer, or none to this request.
            CandidateTroubleError: nothing comes.
        """
        self._number = number or self._number + 1
        request = {"id": self._number, "op": op, **keys}
        line = self._wire.exchange(json.dumps(request).encode("ascii") + b"\n", within=within, request=op)
        answer = self._parsed(line)
        if answer.get("id") != self._number:
            raise _WrongError(
                f"request {self._number} was answered with id {answer.get('id')!r}",
                "copy the id of the request into its answer; answer each request once",
                "lines",
            )
        problems = list(schema_messages(answer, _SCHEMA))
        if problems:
            raise _WrongError(
                f"the answer to {op} is not as the schema says: {'; '.join(problems[:3])}; it is {_short(answer)}",
                "compare it with protocol.schema.json",
                "answers",
            )
        if "refused" in answer:
            raise _WrongError(
                f"{op} was refused: {answer['refused']}",
                "answer unsupported, with a reason, to what you have not implemented; refused ends the whole run",
                "answers",
            )
        return answer

    def _parsed(self, line: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise _WrongError(
                f"a line on standard output is no JSON object: {line[:200]!r}",
                "write nothing else to standard output: let the client print to standard error",
                "lines",
            )
        return answer

    def start(self) -> dict[str, Any]:
        """Start what is driven, and return what the driver says of it."""
        answer = self.ask("start", within=_START_WITHIN, protocol=1, drive=None)
        if "started" not in answer:
            raise _WrongError(
                f"the answer to start has no started: {_short(answer)}",
                'answer {"id": 1, "started": {"protocol": 1, "implementation": "…", "capabilities": []}}',
                "start",
            )
        started: dict[str, Any] = answer["started"]
        return started

    def open(self, server: FakeServer) -> dict[str, Any]:
        """Open a client on a fake server."""
        return self.ask("open", **{"class": "SMTP", "args": [server.host, server.port], "kwargs": {}, "as": "client"})

    def call(self, method: str, *args: object, within: float = _WITHIN) -> dict[str, Any]:
        """Call a method of the client."""
        return self.ask("call", within=within, on="client", method=method, args=list(args), kwargs={})

    def allow_stack_dumps(self) -> None:
        """Have the process asked for its stack when it hangs."""
        self._wire.allow_stack_dumps()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.end()


def check_driver(command: Sequence[str]) -> Iterator[Finding]:
    """Walk through all that a driver must do, and yield what came out of each step.

    Raises:
        CandidateError: the command cannot be started at all, or answers nothing to ``start``.
        HarnessError: the machine is out of something.
    """
    with _Driver(command) as driver:
        try:
            started = driver.start()
        except CandidateTroubleError as error:
            raise CandidateError(
                f"the driver cannot be started: {error}\n  read {_DOCUMENT}#start; started as: {' '.join(command)}"
            ) from error
        except _WrongError as error:
            yield Finding(step="start: the driver says what it drives", **error.finding)
            return
        yield from _identity_findings(started)
    capabilities = frozenset(map(str, started.get("capabilities", ())))
    for step, check in _STEPS:
        yield _tried(step, check, command, capabilities)
    yield _tried_end(command)


def _tried(
    step: str, check: Callable[[_Driver, frozenset[str]], None], command: Sequence[str], capabilities: frozenset[str]
) -> Finding:
    """Try one step in a process of its own, so that a mistake costs that step only."""
    with _Driver(command) as driver:
        try:
            driver.start()
            check(driver, capabilities)
        except _WrongError as error:
            return Finding(step=step, **error.finding)
        except CandidateTroubleError as error:
            return Finding(
                step=step,
                wrong=str(error),
                fix="whatever happens in the client must become an answer, and one line for each request",
                see="answers",
            )
    return Finding(step=step)


def _identity_findings(started: Mapping[str, Any]) -> Iterator[Finding]:
    step = "start: the driver says what it drives"
    unknown = sorted(set(started.get("capabilities", ())) - CAPABILITIES)
    if unknown:
        yield Finding(
            step=step,
            wrong=f"it lists capabilities that there are not: {', '.join(unknown)}",
            fix=f"list only what you have of {', '.join(sorted(CAPABILITIES))}; none is fine",
            see="start",
        )
    else:
        yield Finding(step=f"{step} ({started['implementation']} {started.get('version') or '(version not told)'})")


# -- the steps: each has a driver that was started, and raises where it goes wrong


def _numbering(driver: _Driver, _capabilities: frozenset[str]) -> None:
    for number in (41, 7, 9007199254740991):
        driver.ask("get", number=number, on="module", names=[], **{"as": "value"})


def _opening(driver: _Driver, _capabilities: frozenset[str]) -> None:
    with FakeServer(TWO_SESSIONS) as server:
        _expect(
            driver.open(server),
            {"$self": "client"},
            "after the greeting, open returns the new object by the name that as gives it",
            "open",
        )


def _calling(driver: _Driver, _capabilities: frozenset[str]) -> None:
    with FakeServer(TWO_SESSIONS) as server:
        driver.open(server)
        value = _returned(driver.call("ehlo"), "call")
        code = value["$tuple"][0] if isinstance(value, dict) and len(value.get("$tuple", ())) == 2 else None
        text = value["$tuple"][1] if code is not None else None
        if code != 250 or not (isinstance(text, dict) and "$bytes" in text):
            raise _WrongError(
                f"ehlo returned {_short(value)}",
                'a reply is a tuple of code and octets: {"$tuple": [250, {"$bytes": "…"}]}, the text without its codes',
                "values",
            )


def _sending(driver: _Driver, _capabilities: frozenset[str]) -> None:
    with FakeServer(ONE_REFUSED) as server:
        driver.open(server)
        message = {"$bytes": base64.b64encode(b"Subject: hi\r\n\r\nA line.\r\n").decode()}
        recipients = ["bob@example.com", "carol@example.com"]
        value = _returned(driver.call("sendmail", "alice@example.com", recipients, message), "call")
        listed = value.get("$dict") if isinstance(value, dict) else None
        if listed is None or [pair[0] for pair in listed] != ["bob@example.com"]:
            raise _WrongError(
                f"one of two recipients was refused, and sendmail returned {_short(value)}",
                "return the recipients that were refused, each with its reply: "
                '{"$dict": [["bob@example.com", {"$tuple": [550, {"$bytes": "…"}]}]]}',
                "values",
            )
        if not any(event.kind is Kind.CLIENT and b"A line." in event.octets for event in server.transcript.events):
            raise _WrongError(
                "the server never saw the octets of the message",
                "a $bytes argument holds octets in base64: pass the decoded octets on",
                "values",
            )


def _raising(driver: _Driver, _capabilities: frozenset[str]) -> None:
    with FakeServer(ONE_REFUSED) as server:
        driver.open(server)
        answer = driver.call("sendmail", "alice@example.com", ["bob@example.com"], "Subject: hi\n\nA line.\n")
        if "raised" not in answer:
            raise _WrongError(
                f"all recipients were refused, and sendmail was answered by {_short(answer)}",
                "an exception of the client's travels as raised",
                "exceptions",
            )
        names = set(answer["raised"]["instance_of"])
        wanted = {"SMTPRecipientsRefused", "SMTPException", "OSError"}
        if not wanted <= names:
            raise _WrongError(
                f"instance_of lacks {', '.join(sorted(wanted - names))}; it has {', '.join(sorted(names))}",
                "translate the client's exceptions to smtplib's names, each with the names of its bases",
                "exceptions",
            )
        if "recipients" not in answer["raised"].get("attributes", {}):
            raise _WrongError(
                "the attributes of SMTPRecipientsRefused lack recipients",
                "put smtp_code, smtp_error, sender and recipients under attributes, each as a value form",
                "exceptions",
            )


def _looking(driver: _Driver, _capabilities: frozenset[str]) -> None:
    with FakeServer(TWO_SESSIONS) as server:
        driver.open(server)
        driver.call("ehlo")
        names = ["does_esmtp", "no_such_attribute"]
        answer = driver.ask("get", on="client", names=names, **{"as": "value"})
        if "unsupported" in answer:
            return
        value = _returned(answer, "get")
        found = dict(value["$dict"]) if isinstance(value, dict) and "$dict" in value else {}
        if list(found) != names or not isinstance(found["no_such_attribute"], dict):
            raise _WrongError(
                f"get of {names} was answered by {_short(value)}",
                'answer a $dict of all names; one that is not there is {"$absent": reason}, and the others stay',
                "get",
            )


def _not_having(driver: _Driver, _capabilities: frozenset[str]) -> None:
    for answer, what in (
        (driver.ask("nonsense"), "an operation that there is not"),
        (driver.ask("open", **{"class": "SMTP", "args": [{"$nonsense": 1}], "kwargs": {}, "as": "client"}), "a value form that there is not"),
    ):
        if "unsupported" not in answer and not (what.startswith("a value") and "raised" in answer):
            raise _WrongError(
                f"{what} was answered by {_short(answer)}",
                "answer unsupported, with a reason: the next version of the protocol may have it",
                "answers",
            )
    with FakeServer(TWO_SESSIONS) as server:
        driver.open(server)
        answer = driver.call("no_such_method")
        if "returned" in answer:
            raise _WrongError(
                f"a method that there is not was answered by {_short(answer)}",
                "answer unsupported where the client has no counterpart; never return a value for it",
                "answers",
            )


def _closing(driver: _Driver, _capabilities: frozenset[str]) -> None:
    with FakeServer(TWO_SESSIONS) as server:
        driver.open(server)
        driver.call("ehlo")
        _expect(driver.ask("close"), None, "close returns null", "close")
        end = server.wait_for_end(0, _WITHIN)
        if end not in (End.CLIENT_CLOSED, End.CLIENT_RESET):
            raise _WrongError(
                f"after close the connection is {end}",
                "close the sockets of all objects of the scenario",
                "close",
            )
        if any(event.kind is Kind.CLIENT and b"QUIT" in event.octets.upper() for event in server.transcript.events):
            raise _WrongError("close sent QUIT", "close the sockets without a word to the server", "close")
        if "returned" in driver.call("noop"):
            raise _WrongError(
                "after close, a call of the closed scenario's object returned",
                "forget all objects at close: nothing may be left for the next scenario",
                "close",
            )
        driver.ask("close")
        _expect(driver.open(server), {"$self": "client"}, "after close the next scenario opens its own", "close")


def _giving(driver: _Driver, capabilities: frozenset[str]) -> None:
    if "hosts" not in capabilities:
        return
    with FakeServer(TWO_SESSIONS) as server:
        hosts = {"names": {"mail.example.test": ["server"]}, "server": [server.host, server.port]}
        _expect(driver.ask("given", hosts=hosts), None, "given returns null", "given")
        answer = driver.ask("open", **{"class": "SMTP", "args": ["mail.example.test", 25], "kwargs": {}, "as": "client"})
        _expect(answer, {"$self": "client"}, "a name of the host table leads to the server, whatever the port", "given")


def _waiting(driver: _Driver, capabilities: frozenset[str]) -> None:
    if "stack-dump" in capabilities:
        driver.allow_stack_dumps()
    with FakeServer(SILENT) as server:
        driver.open(server)
        try:
            answer = driver.call("noop", within=_PATIENCE)
        except CandidateTroubleError as error:
            if error.trouble.kind is not TroubleKind.HUNG:
                raise
            if "stack-dump" in capabilities and not error.trouble.stack:
                raise _WrongError(
                    "it lists stack-dump, and SIGUSR1 brings nothing on standard error",
                    "write the stacks of all threads there on SIGUSR1, or leave stack-dump out",
                    "deadlines",
                ) from error
        else:
            if "returned" in answer:
                raise _WrongError(
                    f"the server did not answer NOOP, and the driver answered {_short(answer)}",
                    "answer a call when the client returns from it, and not before",
                    "answers",
                )


def _stopping(driver: _Driver, _capabilities: frozenset[str]) -> None:
    _expect(driver.ask("stop"), None, "stop returns null", "stop")
    with contextlib.suppress(CandidateTroubleError):  # that it ends is what we wait for
        driver.ask("get", on="module", names=[], **{"as": "value"})
        raise _WrongError("it answers after stop", "end the process after the answer to stop", "stop")


_STEPS: tuple[tuple[str, Callable[[_Driver, frozenset[str]], None]], ...] = (
    ("numbering: an answer has the id of its request", _numbering),
    ("open: a client is made and connects", _opening),
    ("call: a method is called, and its value comes back in its form", _calling),
    ("values: lists, octets and mappings travel unharmed", _sending),
    ("exceptions: they have smtplib's names and attributes", _raising),
    ("get: attributes, and those that are not there", _looking),
    ("unsupported: what the driver or the client has not", _not_having),
    ("close: the scenario ends without a trace", _closing),
    ("given: the host table, where the driver says that it can", _giving),
    ("deadline: a call that waits is not answered before its time", _waiting),
    ("stop: the process ends", _stopping),
)


def _tried_end(command: Sequence[str]) -> Finding:
    """Close standard input behind one request: the process must end by itself."""
    step = "end: the process ends with its standard input"
    request = '{"id": 1, "op": "start", "protocol": 1, "drive": null}\n'
    try:
        subprocess.run(command, input=request.encode(), capture_output=True, timeout=_WITHIN, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return Finding(
            step=step,
            wrong=f"it still ran {_WITHIN:.0f} s after the end of its standard input",
            fix="end when standard input ends: the runner may have been killed",
            see="lines",
        )
    return Finding(step=step)


def _returned(answer: Mapping[str, Any], see: str) -> Any:
    if "returned" not in answer:
        what = answer.get("unsupported") or answer.get("raised", {}).get("text", "")
        raise _WrongError(
            f"expected returned, got {_short(answer)}",
            f"this is what every client can do; here it says: {what}",
            see,
        )
    return answer["returned"]


def _expect(answer: Mapping[str, Any], value: object, rule: str, see: str) -> None:
    if _returned(answer, see) != value:
        raise _WrongError(f"expected {json.dumps(value)}, got {_short(answer['returned'])}", rule, see)


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 300 else f"{text[:300]}…"
