"""This module owns ``driver check``: a driver's author is told, step by step, what their driver still gets wrong.

It speaks with the driver line by line and forgives nothing, but goes on after a mistake: with a fresh process where the
old one is in disorder. What it asks for is written in docs/driver-protocol.md.
"""

from __future__ import annotations

import base64
import contextlib
import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.driver.trouble import CandidateTroubleError, TroubleKind
from conformance.errors import CandidateError
from conformance.runner.check_conversation import WITHIN, CheckedDriver, WrongError, short
from conformance.runner.check_servers import ONE_REFUSED, SILENT, TWO_SESSIONS
from fake_servers import End, FakeServer, Kind

_DOCUMENT = "docs/driver-protocol.md"
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


def check_driver(command: Sequence[str]) -> Iterator[Finding]:
    """Walk through all that a driver must do, and yield what came out of each step.

    Raises:
        CandidateError: the command cannot be started at all, or answers nothing to ``start``.
        HarnessError: the machine is out of something.
    """
    with CheckedDriver(command) as driver:
        try:
            started = driver.start()
        except CandidateTroubleError as error:
            raise CandidateError(
                f"the driver cannot be started: {error}\n  read {_DOCUMENT}#start; started as: {' '.join(command)}"
            ) from error
        except WrongError as error:
            yield Finding(step="start: the driver says what it drives", **error.finding)
            return
        yield from _identity_findings(started)
    capabilities = frozenset(map(str, started.get("capabilities", ())))
    for step, check in _STEPS:
        yield _tried(step, check, command, capabilities)
    yield _tried_end(command)


def _tried(
    step: str,
    check: Callable[[CheckedDriver, frozenset[str]], None],
    command: Sequence[str],
    capabilities: frozenset[str],
) -> Finding:
    """Try one step in a process of its own, so that a mistake costs that step only."""
    with CheckedDriver(command) as driver:
        try:
            driver.start()
            check(driver, capabilities)
        except WrongError as error:
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


def _numbering(driver: CheckedDriver, _capabilities: frozenset[str]) -> None:
    for number in (41, 7, 9007199254740991):
        driver.look("module", [], number=number)


def _opening(driver: CheckedDriver, _capabilities: frozenset[str]) -> None:
    with FakeServer(TWO_SESSIONS) as server:
        _expect(
            driver.open(server),
            {"$self": "client"},
            "after the greeting, open returns the new object by the name that as gives it",
            "open",
        )


def _calling(driver: CheckedDriver, _capabilities: frozenset[str]) -> None:
    with FakeServer(TWO_SESSIONS) as server:
        driver.open(server)
        value = _returned(driver.call("ehlo"), "call")
        code = value["$tuple"][0] if isinstance(value, dict) and len(value.get("$tuple", ())) == 2 else None
        text = value["$tuple"][1] if code is not None else None
        if code != 250 or not (isinstance(text, dict) and "$bytes" in text):
            raise WrongError(
                f"ehlo returned {short(value)}",
                'a reply is a tuple of code and octets: {"$tuple": [250, {"$bytes": "…"}]}, the text without its codes',
                "values",
            )


def _sending(driver: CheckedDriver, _capabilities: frozenset[str]) -> None:
    with FakeServer(ONE_REFUSED) as server:
        driver.open(server)
        message = {"$bytes": base64.b64encode(b"Subject: hi\r\n\r\nA line.\r\n").decode()}
        recipients = ["bob@example.com", "carol@example.com"]
        value = _returned(driver.call("sendmail", "alice@example.com", recipients, message), "call")
        listed = value.get("$dict") if isinstance(value, dict) else None
        if listed is None or [pair[0] for pair in listed] != ["bob@example.com"]:
            raise WrongError(
                f"one of two recipients was refused, and sendmail returned {short(value)}",
                "return the recipients that were refused, each with its reply: "
                '{"$dict": [["bob@example.com", {"$tuple": [550, {"$bytes": "…"}]}]]}',
                "values",
            )
        if not any(event.kind is Kind.CLIENT and b"A line." in event.octets for event in server.transcript.events):
            raise WrongError(
                "the server never saw the octets of the message",
                "a $bytes argument holds octets in base64: pass the decoded octets on",
                "values",
            )


def _raising(driver: CheckedDriver, _capabilities: frozenset[str]) -> None:
    with FakeServer(ONE_REFUSED) as server:
        driver.open(server)
        answer = driver.call("sendmail", "alice@example.com", ["bob@example.com"], "Subject: hi\n\nA line.\n")
        if "raised" not in answer:
            raise WrongError(
                f"all recipients were refused, and sendmail was answered by {short(answer)}",
                "an exception of the client's travels as raised",
                "exceptions",
            )
        names = set(answer["raised"]["instance_of"])
        wanted = {"SMTPRecipientsRefused", "SMTPException", "OSError"}
        if not wanted <= names:
            raise WrongError(
                f"instance_of lacks {', '.join(sorted(wanted - names))}; it has {', '.join(sorted(names))}",
                "translate the client's exceptions to smtplib's names, each with the names of its bases",
                "exceptions",
            )
        if "recipients" not in answer["raised"].get("attributes", {}):
            raise WrongError(
                "the attributes of SMTPRecipientsRefused lack recipients",
                "put smtp_code, smtp_error, sender and recipients under attributes, each as a value form",
                "exceptions",
            )


def _looking(driver: CheckedDriver, _capabilities: frozenset[str]) -> None:
    with FakeServer(TWO_SESSIONS) as server:
        driver.open(server)
        driver.call("ehlo")
        names = ["does_esmtp", "no_such_attribute"]
        answer = driver.look("client", names)
        if "unsupported" in answer:
            return
        value = _returned(answer, "get")
        found = dict(value["$dict"]) if isinstance(value, dict) and "$dict" in value else {}
        if list(found) != names or not isinstance(found["no_such_attribute"], dict):
            raise WrongError(
                f"get of {names} was answered by {short(value)}",
                'answer a $dict of all names; one that is not there is {"$absent": reason}, and the others stay',
                "get",
            )


def _not_having(driver: CheckedDriver, _capabilities: frozenset[str]) -> None:
    for answer, what in (
        (driver.ask("nonsense"), "an operation that there is not"),
        (driver.open_with({"$nonsense": 1}), "a value form that there is not"),
    ):
        if "unsupported" not in answer and not (what.startswith("a value") and "raised" in answer):
            raise WrongError(
                f"{what} was answered by {short(answer)}",
                "answer unsupported, with a reason: the next version of the protocol may have it",
                "answers",
            )
    with FakeServer(TWO_SESSIONS) as server:
        driver.open(server)
        answer = driver.call("no_such_method")
        if "returned" in answer:
            raise WrongError(
                f"a method that there is not was answered by {short(answer)}",
                "answer unsupported where the client has no counterpart; never return a value for it",
                "answers",
            )


def _closing(driver: CheckedDriver, _capabilities: frozenset[str]) -> None:
    with FakeServer(TWO_SESSIONS) as server:
        driver.open(server)
        driver.call("ehlo")
        _expect(driver.ask("close"), None, "close returns null", "close")
        end = server.wait_for_end(0, WITHIN)
        if end not in (End.CLIENT_CLOSED, End.CLIENT_RESET):
            raise WrongError(
                f"after close the connection is {end}",
                "close the sockets of all objects of the scenario",
                "close",
            )
        if any(event.kind is Kind.CLIENT and b"QUIT" in event.octets.upper() for event in server.transcript.events):
            raise WrongError("close sent QUIT", "close the sockets without a word to the server", "close")
        if "returned" in driver.call("noop"):
            raise WrongError(
                "after close, a call of the closed scenario's object returned",
                "forget all objects at close: nothing may be left for the next scenario",
                "close",
            )
        driver.ask("close")
        _expect(driver.open(server), {"$self": "client"}, "after close the next scenario opens its own", "close")


def _giving(driver: CheckedDriver, capabilities: frozenset[str]) -> None:
    if "hosts" not in capabilities:
        return
    with FakeServer(TWO_SESSIONS) as server:
        hosts = {"names": {"mail.example.test": ["server"]}, "server": [server.host, server.port]}
        _expect(driver.ask("given", {"hosts": hosts}), None, "given returns null", "given")
        answer = driver.open_with("mail.example.test", 25)
        _expect(answer, {"$self": "client"}, "a name of the host table leads to the server, whatever the port", "given")


def _waiting(driver: CheckedDriver, capabilities: frozenset[str]) -> None:
    if "stack-dump" in capabilities:
        driver.allow_stack_dumps()
    with FakeServer(SILENT) as server:
        try:
            answer = driver.open(server, within=_PATIENCE)
        except CandidateTroubleError as error:
            if error.trouble.kind is not TroubleKind.HUNG:
                raise
            if "stack-dump" in capabilities and not error.trouble.stack:
                raise WrongError(
                    "it lists stack-dump, and SIGUSR1 brings nothing on standard error",
                    "write the stacks of all threads there on SIGUSR1, or leave stack-dump out",
                    "deadlines",
                ) from error
        else:
            if "returned" in answer:
                raise WrongError(
                    f"the server did not greet, and the driver answered {short(answer)}",
                    "answer a call when the client returns from it, and not before",
                    "answers",
                )


def _stopping(driver: CheckedDriver, _capabilities: frozenset[str]) -> None:
    _expect(driver.ask("stop"), None, "stop returns null", "stop")
    with contextlib.suppress(CandidateTroubleError):  # that it ends is what we wait for
        driver.look("module", [])
        raise WrongError("it answers after stop", "end the process after the answer to stop", "stop")


_STEPS: tuple[tuple[str, Callable[[CheckedDriver, frozenset[str]], None]], ...] = (
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
        subprocess.run(command, input=request.encode(), capture_output=True, timeout=WITHIN, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return Finding(
            step=step,
            wrong=f"it still ran {WITHIN:.0f} s after the end of its standard input",
            fix="end when standard input ends: the runner may have been killed",
            see="lines",
        )
    return Finding(step=step)


def _returned(answer: Mapping[str, Any], see: str) -> Any:
    if "returned" not in answer:
        what = answer.get("unsupported") or answer.get("raised", {}).get("text", "")
        raise WrongError(
            f"expected returned, got {short(answer)}",
            f"this is what every client can do; here it says: {what}",
            see,
        )
    return answer["returned"]


def _expect(answer: Mapping[str, Any], value: object, rule: str, see: str) -> None:
    if _returned(answer, see) != value:
        raise WrongError(f"expected {json.dumps(value)}, got {short(answer['returned'])}", rule, see)
