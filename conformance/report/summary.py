"""This module owns what a set of results amounts to: counts, clauses kept and broken, whether a candidate conforms.

A candidate conforms at a level if every scenario of the level passes and no always-on wire check of the level was
broken. It conforms if it does so at the levels ``documented`` and ``protocol``; ``de-facto`` is reported apart.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conformance.runner.verdict import Result, Verdict
from conformance.scenario.model import Clause, Level

BINDING = (Level.DOCUMENTED, Level.PROTOCOL)
"""The levels that decide whether a candidate conforms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelStanding:
    """How a candidate stands at one level.

    Attributes:
        level: the level.
        counts: scenarios by verdict.
        breached: clauses of the level that were broken on the wire beside what scenarios judge.
    """

    level: Level
    counts: Mapping[Verdict, int]
    breached: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many scenarios of the level were played."""
        return sum(self.counts.values())

    @property
    def passed(self) -> int:
        """How many of them passed."""
        return self.counts.get(Verdict.PASS, 0)

    @property
    def conforms(self) -> bool:
        """Whether all passed, and nothing was broken beside them."""
        return self.passed == self.total and not self.breached


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a candidate stands: its levels, those without a scenario left out."""

    levels: tuple[LevelStanding, ...]

    @property
    def conforms(self) -> bool:
        """Whether the candidate conforms; one of which nothing binding was judged does not."""
        return self.is_judged and all(standing.conforms for standing in self.levels if standing.level in BINDING)

    @property
    def is_judged(self) -> bool:
        """Whether anything binding was played."""
        return any(standing.total for standing in self.levels if standing.level in BINDING)

    @property
    def words(self) -> str:
        """Whether the candidate conforms, in words; that it was not asked, where nothing binding was played."""
        if self.conforms:
            return "conforms"
        return "does not conform" if self.is_judged else "was judged on nothing that binds"

    @property
    def counts(self) -> Counter[Verdict]:
        """All scenarios by verdict."""
        total: Counter[Verdict] = Counter()
        for standing in self.levels:
            total.update(standing.counts)
        return total


def standing_of(results: Iterable[Result], clauses: Mapping[str, Clause]) -> Standing:
    """Return how the candidate of these results stands."""
    counts: dict[Level, Counter[Verdict]] = {level: Counter() for level in Level}
    breached: dict[Level, set[str]] = {level: set() for level in Level}
    for result in results:
        counts[Level(result.level)][result.verdict] += 1
        for breach in (*result.breaches, *result.known_breaches):
            level = clauses[breach.clause].level if breach.clause in clauses else Level.PROTOCOL
            breached[level].add(breach.clause)
    return Standing(
        levels=tuple(
            LevelStanding(level=level, counts=counts[level], breached=tuple(sorted(breached[level])))
            for level in Level
            if counts[level] or breached[level]
        )
    )


class Kept(enum.StrEnum):
    """What the scenarios of one clause say of one candidate."""

    KEPT = "kept"
    BROKEN = "broken"
    UNSUPPORTED = "unsupported"
    """No scenario of it could be played; or some passed and the others could not be played."""
    UNJUDGED = "not judged"


def kept_clauses(results: Iterable[Result]) -> dict[str, Kept]:
    """Return for each clause that was judged whether the candidate of these results keeps it."""
    verdicts: dict[str, set[Verdict]] = {}
    for result in results:
        for clause in result.clauses:
            verdicts.setdefault(clause, set()).add(result.verdict)
        for breach in (*result.breaches, *result.known_breaches):
            verdicts.setdefault(breach.clause, set()).add(Verdict.FAIL)
    return {clause: _kept(found) for clause, found in verdicts.items()}


def _kept(verdicts: set[Verdict]) -> Kept:
    if verdicts & {Verdict.FAIL, Verdict.ERROR, Verdict.KNOWN}:
        return Kept.BROKEN
    return Kept.UNSUPPORTED if Verdict.UNSUPPORTED in verdicts else Kept.KEPT


def by_family(results: Iterable[Result]) -> dict[str, Counter[Verdict]]:
    """Return the verdicts of each family, families in order."""
    families: dict[str, Counter[Verdict]] = {}
    for result in results:
        families.setdefault(result.family, Counter())[result.verdict] += 1
    return dict(sorted(families.items()))


def is_wrong(result: Result) -> bool:
    """Tell whether a result makes a run fail."""
    return result.verdict in (Verdict.FAIL, Verdict.ERROR) or bool(result.breaches)


def slowest(results: Sequence[Result], count: int) -> list[Result]:
    """Return the scenarios that took longest."""
    return sorted(results, key=lambda result: (-result.duration, result.id, result.candidate))[:count]
