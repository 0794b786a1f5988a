"""This module owns results: the verdict on one scenario and one candidate, with all that explains it.

A result is a value that travels between processes and into files as JSON; ``docs/results.md`` describes the form.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_servers.transcript import Event, Kind


class Verdict(enum.StrEnum):
    """What is said of one candidate in one scenario; exactly one for each."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    ERROR = "error"
    """The candidate crashed, hung, or broke the driver protocol; or the suite itself failed."""
    UNSUPPORTED = "unsupported"
    """The candidate says that it has no such operation."""
    KNOWN = "known"
    """A failure that the candidate's baseline lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One respect in which the candidate did not do what the scenario expects.

    Attributes:
        step: the step of the scenario, as its author wrote it.
        line: the line of the scenario file; 0 where there is none.
        expected: in words.
        got: in words.
        event: index of the offending event in the transcript; -1 where there is none.
    """

    step: str
    line: int
    expected: str
    got: str
    event: int = -1

    def __str__(self) -> str:
        return f"{self.step}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WireBreach:
    """An always-on wire check that the candidate broke while a scenario about something else was played.

    Attributes:
        clause: the clause of the check.
        message: what was expected and what came.
        event: index of the offending event in the transcript.
    """

    clause: str
    message: str
    event: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event of the dialogue as results keep it.

    Attributes:
        connection: 0 for the first.
        at: seconds since the server began to listen.
        kind: ``S`` (sent by the server), ``C`` (received from the client), ``-`` (a note).
        text: the octets, one character each; or the words of a note.
        cut: how many octets were left out at the end.
        encrypted: whether it went through TLS.
    """

    connection: int
    at: float
    kind: str
    text: str
    cut: int = 0
    encrypted: bool = False


LONGEST_EVENT = 2000
"""Octets of one event that a result keeps: a whole command or reply line, and the start of a big message."""
MOST_EVENTS = 300
"""Events that a result keeps; a flood or a dribble has far more, and shows what it is much sooner."""


def line_of(event: Event) -> Line:
    """Return an event of a fake server's transcript as results keep it."""
    text = event.note if event.kind is Kind.NOTE else event.octets[:LONGEST_EVENT].decode("latin-1")
    return Line(
        connection=event.connection,
        at=round(event.at, 6),
        kind=str(event.kind),
        text=text,
        cut=max(len(event.octets) - LONGEST_EVENT, 0),
        encrypted=event.encrypted,
    )


def _form(value: Any) -> dict[str, Any]:
    """Return the fields of a value: ``dataclasses.asdict`` copies all that they hold as well."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The verdict on one candidate in one scenario.

    Attributes:
        id: of the scenario.
        candidate: as the user named it.
        level: of the scenario.
        verdict: the one word.
        clauses: ids of the clauses that are judged.
        duration: seconds, of the whole scenario.
        title: of the scenario.
        path: of the scenario file.
        differences: all of them; empty unless the verdict is ``fail`` or ``known``.
        breaches: always-on checks broken beside what the scenario judges.
        reason: why, for ``error``, ``unsupported`` and ``known``; else empty.
        dialogue: what went over the wire.
        baseline: the places (``file:line:column``) of the baseline's patterns that it was held against.
        own_verdict: the verdict without the baseline; None where it was held against none.
        known_breaches: breaches that the baseline lists.
        trouble: the reason without the baseline, of an ``error`` that was held against one.
        tags: of the scenario.
    """

    id: str
    candidate: str
    level: str
    verdict: Verdict
    clauses: tuple[str, ...]
    duration: float
    title: str
    path: str
    differences: tuple[Difference, ...] = ()
    breaches: tuple[WireBreach, ...] = ()
    reason: str = ""
    dialogue: tuple[Line, ...] = field(default=(), repr=False)
    baseline: tuple[str, ...] = ()
    own_verdict: Verdict | None = None
    known_breaches: tuple[WireBreach, ...] = ()
    trouble: str = ""
    tags: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        form = _form(self)
        for name in ("differences", "breaches", "dialogue", "known_breaches"):
            form[name] = tuple(map(_form, form[name]))
        return form

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Result:
        """Return the result that ``to_json`` made this form of.

        Raises:
            KeyError, TypeError, ValueError: the form is none of ours.
        """
        own = {name: value for name, value in form.items() if name in cls.__dataclass_fields__}
        own["verdict"] = Verdict(own["verdict"])
        own["clauses"] = tuple(own["clauses"])
        own["differences"] = tuple(Difference(**item) for item in own.get("differences", ()))
        own["breaches"] = tuple(WireBreach(**item) for item in own.get("breaches", ()))
        own["tags"] = tuple(own.get("tags", ()))
        own["dialogue"] = tuple(Line(**item) for item in own.get("dialogue", ()))
        own["baseline"] = tuple(own.get("baseline", ()))
        own["own_verdict"] = Verdict(own["own_verdict"]) if own.get("own_verdict") else None
        own["known_breaches"] = tuple(WireBreach(**item) for item in own.get("known_breaches", ()))
        return cls(**own)

    @property
    def family(self) -> str:
        """The folder of the scenario."""
        return self.id.partition("/")[0]
