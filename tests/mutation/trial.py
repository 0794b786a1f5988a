"""This module owns the trial of a client, sound or broken: scenarios are played in a child process forked for it.

The child has all that scenarios need in memory and plays both sides; the client is imported only there. So one trial
takes a fork and a few dialogues, and no mutant can meet what another one left behind. A child that says nothing for
too long is killed.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import struct
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from conformance.driver.candidates import Candidate, parse_candidate
from conformance.runner.judge import judge
from conformance.runner.play import Stage, play
from conformance.runner.verdict import Verdict
from conformance.scenario.model import Scenario
from fake_servers import Authority
from fake_servers.steps import Certificate
from tests.mutation.mutants import Mutant
from tests.mutation.subject import Subject, break_client

_LONGEST = 4.0  # seconds; a mutant that hangs is seen soon enough
_LONG = 1.0  # seconds; what fails within less does not fail for want of time
_PATIENCE = 12.0  # seconds without a word from a child: longer than any scenario with its end
_HEADER = struct.Struct(">I")

Line = tuple[str, int]
"""A module of the client and a line of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one scenario.

    Attributes:
        scenario_id: its id.
        passed: whether it passed, with no breach of another clause beside it.
        seconds: how long it took.
        lines: what it ran of the client, where that was asked for.
    """

    scenario_id: str
    passed: bool
    seconds: float
    lines: frozenset[Line] = frozenset()


_Tell = Callable[[Outcome], None]


def prepared_stage() -> Stage:
    """Return a stage whose certificates and files are made already: a child has none to make, and none to leave."""
    authority = Authority()
    for certificate in Certificate:
        authority.server_context(certificate)
    authority.server_context(Certificate.TRUSTED, require_client_certificate=True)
    for path in (authority.ca_file, authority.client_certificate_file, authority.client_key_file):
        assert Path(path).is_file()
    return Stage(authority=authority)


def record(subject: Subject, scenarios: Sequence[Scenario], stage: Stage) -> Iterator[Outcome]:
    """Play scenarios with the sound client; yield which of them it passes, and which lines they run."""
    waiting = list(scenarios)
    while waiting:
        heard = list(_heard(partial(_trace, subject, tuple(waiting), stage)))
        yield from heard
        silent = not heard or heard[-1].passed  # then the child ended within the next scenario, which is passed over
        waiting = waiting[len(heard) + silent :]


def killer_of(mutant: Mutant, subject: Subject, scenarios: Sequence[Scenario], stage: Stage) -> str:
    """Return the id of the first scenario that fails on a mutant, twice; empty if it survives them all.

    What fails once and then passes is luck, of a mutant or of a busy machine, and no kill. Neither is what takes long
    where the sound client takes as long at that moment.
    """
    waiting = list(scenarios)
    while waiting:
        passed, long = _passed(mutant, subject, waiting, stage)
        if passed == len(waiting):
            return ""
        suspect = waiting[passed]
        sound = not long or [outcome.passed for outcome in record(subject, [suspect], stage)] == [True]
        if sound and _passed(mutant, subject, [suspect], stage)[0] == 0:
            return suspect.id
        waiting = waiting[passed + 1 :]
    return ""


def _passed(mutant: Mutant, subject: Subject, scenarios: Sequence[Scenario], stage: Stage) -> tuple[int, bool]:
    """Return how many scenarios pass before one fails, and whether that one takes long, or for ever."""
    heard = list(_heard(partial(_try, mutant, subject, scenarios, stage)))
    if heard and not heard[-1].passed:
        return len(heard) - 1, heard[-1].seconds > _LONG
    return len(heard), True


def _try(mutant: Mutant, subject: Subject, scenarios: Iterable[Scenario], stage: Stage, tell: _Tell) -> None:
    break_client(subject, mutant.module, mutant.source)
    _play(subject, scenarios, stage, tell)


def _play(
    subject: Subject, scenarios: Iterable[Scenario], stage: Stage, tell: _Tell, seen: Collection[Line] = frozenset()
) -> None:
    """Play scenarios until one fails: it may have left this process in disorder."""
    # A mutant that cannot be imported raises here: the child ends, within its first scenario as it were.
    with Candidate(spec=parse_candidate(subject.name), in_process=True) as candidate:
        for scenario in scenarios:
            short = replace(scenario, deadline=min(scenario.deadline, _LONGEST))
            result = judge(short, subject.name, play(short, candidate, stage))
            passed = result.verdict is Verdict.PASS and not result.breaches
            tell(Outcome(scenario_id=scenario.id, passed=passed, seconds=result.duration, lines=frozenset(seen)))
            if not passed:
                return


def _trace(subject: Subject, scenarios: Iterable[Scenario], stage: Stage, tell: _Tell) -> None:
    """Play scenarios, and note which lines of the client each of them runs."""
    modules = {str(path): module for module, path in subject.files.items()}
    seen: set[Line] = set()

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        module = modules.get(frame.f_code.co_filename)
        if module is None:
            return None
        if event == "line":
            seen.add((module, frame.f_lineno))
        return trace

    def tell_and_forget(outcome: Outcome) -> None:
        tell(outcome)
        seen.clear()

    threading.settrace(trace)  # the candidate's thread is made after this
    _play(subject, scenarios, stage, tell_and_forget, seen)


def _heard(act: Callable[[_Tell], None]) -> Iterator[Outcome]:
    """Let a child process do something, and yield what it tells; it is killed if it is silent for too long."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            nothing = os.open(os.devnull, os.O_RDWR)
            for descriptor in range(3):
                os.dup2(nothing, descriptor)
            act(lambda outcome: _send(write, pickle.dumps(outcome)))
        finally:
            os._exit(0)
    os.close(write)
    try:
        while (message := _received(read)) is not None:
            yield pickle.loads(message)  # noqa: S301 - from our own child
    finally:
        os.close(read)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _send(descriptor: int, message: bytes) -> None:
    octets = _HEADER.pack(len(message)) + message
    while octets:
        octets = octets[os.write(descriptor, octets) :]


def _received(descriptor: int) -> bytes | None:
    header = _read(descriptor, _HEADER.size)
    return None if header is None else _read(descriptor, *_HEADER.unpack(header))


def _read(descriptor: int, count: int) -> bytes | None:
    """Return so many octets; None at the end, or if none come for too long."""
    octets = b""
    while len(octets) < count:
        if not select.select([descriptor], [], [], _PATIENCE)[0]:
            return None
        more = os.read(descriptor, count - len(octets))
        if not more:
            return None
        octets += more
    return octets
