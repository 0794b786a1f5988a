"""This module owns the playing of one scenario: the fake server on one side, the candidate on the other.

It observes and does not judge: what comes out is a record of what the client did and what went over the wire.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from conformance.driver.answers import Answer, Observation, Raised, Returned, Unsupported
from conformance.driver.candidates import Candidate
from conformance.driver.channel import Channel
from conformance.driver.requests import MODULE, Call, Close, Get, Given, Hosts, Open, Request
from conformance.driver.trouble import CandidateTrouble, CandidateTroubleError
from conformance.driver.values import Context, ExceptionValue
from conformance.runner.source import own_source
from conformance.scenario.arguments import argument_value
from conformance.scenario.model import ClientStep, Scenario, Verb
from conformance.scenario.parameters import Runtime, resolve
from conformance.scenario.tree import plain
from fake_servers import Authority, FakeServer
from fake_servers.steps import CheckPeer, Ending, Script, Step
from fake_servers.transcript import End, Kind, Transcript

_CLOSE_WITHIN = 1.0  # seconds for a client's FIN to arrive on this machine; times the timeout factor
_AUDIT_NAMES = {"send": ("smtplib.send", "smtplib.SMTP.send"), "connect": ("smtplib.connect", "smtplib.SMTP.connect")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What every scenario of a run is played with.

    Attributes:
        authority: signs the fake servers' certificates.
        time_factor: multiplies every time in scenarios.
    """

    authority: Authority
    time_factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedStep:
    """What was seen of one client step.

    Attributes:
        step: the step.
        answer: what the driver saw.
        attributes: of the object behind the step, as far as the step asks for them.
        connection: for ``expect``: how the connection stood, in words; empty if it was not asked for.
    """

    step: ClientStep
    answer: Answer
    attributes: Mapping[str, object]
    connection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """All that was observed of one scenario.

    Attributes:
        steps: the steps that were played; fewer than the scenario has where the candidate gave up.
        transcript: what went over the wire; None where no server was met.
        closing: what the driver recorded over the whole scenario; None where it could not be asked.
        runtime: the values of the run's parameters.
        trouble: why the candidate did not answer; None if it always did.
        unsupported: what the candidate says it has not; empty if nothing.
        duration: seconds.
    """

    steps: tuple[PlayedStep, ...]
    transcript: Transcript | None
    closing: Observation | None
    runtime: Runtime
    trouble: CandidateTrouble | None = None
    unsupported: str = ""
    duration: float = 0.0


def play(scenario: Scenario, candidate: Candidate, stage: Stage) -> Played:
    """Play a scenario against a candidate.

    Raises:
        CandidateError: the candidate cannot be started.
        HarnessError: the machine or the suite failed.
    """
    began = time.monotonic()
    if scenario.script is None:
        played = _Player(scenario, candidate, None, _runtime(None, stage)).play()
    else:
        source = own_source()
        script = _with_facts_of(scenario.script, Runtime(source_address=source[0], source_port=source[1]))
        script = replace(script, time_factor=stage.time_factor)
        with FakeServer(script, authority=stage.authority) as server:
            runtime = _runtime(server, stage, source)
            played = _Player(scenario, candidate, server, runtime).play()
    return replace(played, duration=time.monotonic() - began)


def _with_facts_of(script: Script, runtime: Runtime) -> Script:
    """Return the script with the parameters of this run in the facts that it checks of the client."""

    def resolved(step: Step) -> Step:
        if not isinstance(step, CheckPeer):
            return step
        facts = {name: resolve(fact, runtime) if isinstance(fact, str) else fact for name, fact in step.facts.items()}
        return replace(step, facts=facts)

    if not any(isinstance(step, CheckPeer) for dialogue in script.dialogues for step in dialogue.steps):
        return script
    dialogues = tuple(replace(dialogue, steps=tuple(map(resolved, dialogue.steps))) for dialogue in script.dialogues)
    return replace(script, dialogues=dialogues)


def _runtime(server: FakeServer | None, stage: Stage, source: tuple[str, int] = ("", 0)) -> Runtime:
    return Runtime(
        host=server.host if server else "127.0.0.1",
        port=server.port if server else 0,
        path=server.path if server else "",
        source_address=source[0],
        source_port=source[1],
        ca_file=stage.authority.ca_file,
        client_certificate_file=stage.authority.client_certificate_file,
        client_key_file=stage.authority.client_key_file,
        time_factor=stage.time_factor,
    )


class _StopPlayingError(Exception):
    """The steps that follow make no sense any more: the object is not there, or the candidate has no such thing."""

    def __init__(self, unsupported: str = "") -> None:
        self.unsupported = unsupported


class _Player:
    """Plays the client steps of one scenario."""

    def __init__(self, scenario: Scenario, candidate: Candidate, server: FakeServer | None, runtime: Runtime) -> None:
        self._scenario = scenario
        self._candidate = candidate
        self._server = server
        self._runtime = runtime
        self._deadline = time.monotonic() + scenario.deadline * runtime.time_factor
        self._steps: list[PlayedStep] = []

    def play(self) -> Played:
        trouble: CandidateTrouble | None = None
        unsupported = ""
        closing: Observation | None = None
        try:
            with self._candidate.scenario() as channel:
                unsupported = self._play_steps(channel)
                closed = channel.request(Close(), within=max(self._remaining(), _CLOSE_WITHIN))
            closing = closed if isinstance(closed, Observation) else None
        except CandidateTroubleError as error:
            trouble = error.trouble
        if self._server:
            self._server.stop()
        return Played(
            steps=tuple(self._steps),
            transcript=self._server.transcript if self._server else None,
            closing=closing,
            runtime=self._runtime,
            trouble=trouble,
            unsupported=unsupported,
        )

    def _play_steps(self, channel: Channel) -> str:
        """Play the steps; return what the candidate has not, or nothing."""
        try:
            self._give(channel)
            for step in self._scenario.client:
                self._play_step(channel, step)
        except _StopPlayingError as stop:
            return stop.unsupported
        return ""

    def _remaining(self) -> float:
        return max(self._deadline - time.monotonic(), 0.01)

    def _give(self, channel: Channel) -> None:
        if not self._scenario.given:
            return
        answer = channel.request(self._given(), within=self._remaining())
        if isinstance(answer, Unsupported):
            raise _StopPlayingError(answer.reason)

    def _given(self) -> Given:
        given = {name: plain(node) for name, node in self._scenario.given}
        hosts = given.get("hosts")
        timeout = given.get("default-timeout")
        without = given.get("without", [])
        return Given(
            fqdn=str(given["fqdn"]) if "fqdn" in given else None,
            default_timeout=float(str(timeout)) * self._runtime.time_factor if timeout is not None else None,
            hosts=self._hosts(hosts) if isinstance(hosts, dict) else None,
            without=tuple(map(str, without if isinstance(without, list) else [])),
            audit=_audit(given.get("audit")),
        )

    def _hosts(self, table: Mapping[str, list[str]]) -> Hosts:
        names = {name: tuple(routes) for name, routes in table.items()}
        return Hosts(names=names, server=(self._runtime.host, self._runtime.port))  # type: ignore[arg-type]

    def _play_step(self, channel: Channel, step: ClientStep) -> None:
        connection = self._connection(channel, step) if step.verb is Verb.EXPECT else ""
        answer: Answer = _NOTHING_ASKED
        for request in self._requests(step):
            answer = channel.request(request, within=self._remaining())
            if isinstance(answer, Unsupported) or isinstance(answer.outcome, Raised):
                break
        attributes: Mapping[str, object] = {}
        opened = not (step.verb is Verb.OPEN and isinstance(answer, Observation) and isinstance(answer.outcome, Raised))
        if step.attributes and opened and isinstance(answer, Observation):
            attributes = self._attributes(channel, step)
        self._steps.append(PlayedStep(step=step, answer=answer, attributes=attributes, connection=connection))
        if isinstance(answer, Unsupported):
            raise _StopPlayingError(answer.reason)
        if (
            not opened
            and step.on == "client"
            and not any(outcome.raises or outcome.anything for outcome in step.outcomes)
        ):
            raise _StopPlayingError

    def _attributes(self, channel: Channel, step: ClientStep) -> Mapping[str, object]:
        on = MODULE if step.subject.startswith("module.") else step.on
        seen = channel.request(Get(names=tuple(name for name, _ in step.attributes), on=on), within=self._remaining())
        if isinstance(seen, Unsupported):
            raise _StopPlayingError(seen.reason)
        value = seen.outcome.value if isinstance(seen.outcome, Returned) else {}
        return value if isinstance(value, dict) else {}

    def _requests(self, step: ClientStep) -> Sequence[Request]:
        match step.verb:
            case Verb.OPEN:
                return [self._open(step)]
            case Verb.CALL:
                return [self._call(step)]
            case Verb.SET:
                return [Call(method="__setattr__", args=item, on=step.on) for item in self._kwargs(step).items()]
            case Verb.ENTER:
                return [Call(method="__enter__", on=step.on)]
            case Verb.LEAVE:
                return [self._leave(step)]
            case Verb.INSPECT:
                return [_inspection(step)]
        return []

    def _args(self, step: ClientStep) -> tuple[object, ...]:
        return tuple(argument_value(node, self._runtime) for node in step.args or ())

    def _kwargs(self, step: ClientStep) -> dict[str, object]:
        return {name: argument_value(node, self._runtime) for name, node in step.kwargs}

    def _open(self, step: ClientStep) -> Request:
        kwargs = self._kwargs(step)
        args = self._args(step)
        if step.args is None:
            args = (self._runtime.path,) if self._runtime.path else (self._runtime.host, self._runtime.port)
        if step.subject == "SMTP_SSL" and not {"context", "keyfile", "certfile"} & set(kwargs):
            kwargs["context"] = Context(ca_file=self._runtime.ca_file)
        return Open(class_name=step.subject, args=args, kwargs=kwargs, name=step.on, watch=step.watch)

    def _call(self, step: ClientStep) -> Request:
        on, method = step.on, step.subject
        if method.startswith("module."):
            on, method = MODULE, method.removeprefix("module.")
        return Call(method=method, args=self._args(step), kwargs=self._kwargs(step), on=on)

    def _leave(self, step: ClientStep) -> Request:
        raising = self._kwargs(step).get("raising")
        args = (ExceptionValue(class_name=str(raising), args=("raised in the with block",)),) if raising else ()
        return Call(method="__exit__", args=args, on=step.on)

    def _connection(self, channel: Channel, step: ClientStep) -> str:
        """Return how the client's last connection stands, in words; waits for its end only where it must come."""
        wanted = next((plain(node) for name, node in step.checks if name == "connection"), None)
        if self._server is None or wanted is None:
            return ""
        if wanted == "closed":
            return self._closed()
        return self._in_step(channel, step)

    def _closed(self) -> str:
        assert self._server is not None and self._scenario.script is not None  # noqa: S101, PT018
        connections = self._server.transcript.connections
        if not connections:
            return "never made"
        index = len(connections) - 1
        dialogues = self._scenario.script.dialogues
        last = dialogues[min(index, len(dialogues) - 1)].steps[-1:]
        if last and Ending.RST in (getattr(last[0], "ending", None), getattr(last[0], "cut", None)):
            return "closed"  # by the server; what the client does with its own end cannot be seen any more
        end = self._server.wait_for_end(index, _CLOSE_WITHIN * self._runtime.time_factor)
        return "closed" if end in (End.CLIENT_CLOSED, End.CLIENT_RESET) else f"open ({end})"

    def _in_step(self, channel: Channel, step: ClientStep) -> str:
        """Send one NOOP and see whether its own reply, and no other, answers it."""
        assert self._server is not None  # noqa: S101 - seen to by the caller
        events = self._server.transcript.events
        # A reply can reach the client before its event reaches the transcript.
        self._server.wait_until_idle(_CLOSE_WITHIN * self._runtime.time_factor)
        before = len(events)
        answer = channel.request(Call(method="noop", on=step.on), within=self._remaining())
        self._server.wait_until_idle(_CLOSE_WITHIN * self._runtime.time_factor)
        if isinstance(answer, Unsupported):
            raise _StopPlayingError(answer.reason)
        if isinstance(answer.outcome, Raised):
            return f"not in step: NOOP raised {answer.outcome}"
        replies = b"".join(event.octets for event in events[before:] if event.kind is Kind.SERVER)
        value = answer.outcome.value
        text = value[1] if isinstance(value, tuple) and len(value) > 1 else None
        own = isinstance(text, bytes) and bool(text) and text in replies
        return "in-step" if own else f"not in step: NOOP was answered by {replies!r} and returned {value!r}"


_NOTHING_ASKED = Observation(outcome=Returned(value=None))


def _inspection(step: ClientStep) -> Request:
    asked = {name for name, _ in step.checks}
    view: Literal["value", "signature", "bases"] = "value"
    if "parameters" in asked:
        view = "signature"
    elif "bases" in asked:
        view = "bases"
    return Get(names=(step.subject,), on=MODULE, view=view)


def _audit(given: object) -> tuple[str, ...] | None:
    if given is None:
        return None
    return _AUDIT_NAMES[str(given["veto"])] if isinstance(given, dict) else ()
