"""This module owns what failures have in common: the cases of one scenario file that fail alike are told once.

Nothing is hidden by it: each case is named, and where it failed in another way, that way is told beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from conformance.report.failure import NOTHING, printable, rerun_command, wording
from conformance.report.styled import Span, Style, StyledLine, line
from conformance.runner.verdict import Result, Verdict

_PLACE = re.compile(r" \(at [^()]*\)$")
"""Where in a candidate's source something was raised: another line in each version of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Failures of one scenario file.

    Attributes:
        file: the part of their ids that they share.
        first: the failure that is told in full.
        others: the failures that are told by what sets them apart.
    """

    file: str
    first: Result
    others: tuple[Result, ...]

    @property
    def members(self) -> tuple[Result, ...]:
        """All of them."""
        return (self.first, *self.others)


def file_of(scenario_id: str) -> str:
    """Return the part of an id that all cases of one file share."""
    return scenario_id.partition("[")[0]


def grouped(failures: Iterable[Result]) -> list[Group]:
    """Return failures by their file, in the order in which the first of each comes."""
    found: dict[str, list[Result]] = {}
    for result in failures:
        found.setdefault(file_of(result.id), []).append(result)
    return [Group(file=file, first=first, others=tuple(others)) for file, (first, *others) in found.items()]


def representative(groups: Sequence[Group], most: int) -> list[Group]:
    """Return the groups to be told in full where there are too many: of each clause the first, before any second."""
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, int, Group]] = []
    for number, group in enumerate(groups):
        clause = group.first.clauses[0]
        ranked.append((seen[clause], number, group))
        seen[clause] += 1
    chosen = sorted(ranked, key=lambda item: item[:2])[:most]
    return [group for _, _, group in sorted(chosen, key=lambda item: item[1])]


def lines_of_others(group: Group) -> Iterator[StyledLine]:
    """Yield a line for each way in which the others of a group fail: who they are and what is different there."""
    ways: dict[tuple[object, ...], list[Result]] = {}
    for result in group.others:
        ways.setdefault(_way(result), []).append(result)
    several = len({result.candidate for result in group.members}) > 1
    for way, results in ways.items():
        who = (_who(results, several=several), Style.HEAD)
        if way == _way(group.first):
            yield line(("also, in the same way: ", Style.QUIET), who)
            continue
        yield line(("also ", Style.QUIET), who)
        yield from (line("    ", *spans) for spans in _in_short(results[0]))
    if group.others:
        together = [member for member in group.members if member.candidate == group.first.candidate]
        if len(together) > 1:
            command = rerun_command(group.first, whole_file=True)
            yield line((f"all {len(together)}: ", Style.QUIET), (command, Style.COMMAND))


def _way(result: Result) -> tuple[object, ...]:
    """Return what two results must have in common to have failed alike."""
    differences = tuple((each.expected, _PLACE.sub("", each.got)) for each in result.differences)
    breaches = frozenset(breach.clause for breach in result.breaches)
    return result.verdict, differences, breaches, result.reason.partition("\n")[0]


def _who(results: Sequence[Result], *, several: bool) -> str:
    """Return the cases, and where there are several candidates, which of them failed there."""
    by_case: dict[str, list[str]] = {}
    for result in results:
        case = result.id.removeprefix(file_of(result.id))
        by_case.setdefault(case, []).append(printable(result.candidate))
    if not several:
        return ", ".join(by_case)
    by_candidates: dict[str, list[str]] = {}
    for case, candidates in by_case.items():
        by_candidates.setdefault(", ".join(f"@{name}" for name in candidates), []).append(case)
    return "; ".join(f"{', '.join(filter(None, cases))} {names}".strip() for names, cases in by_candidates.items())


def _in_short(result: Result) -> Iterator[Sequence[Span | str]]:
    if result.verdict is Verdict.ERROR or (result.reason and not result.differences):
        yield ((f"{result.verdict}: ", Style(result.verdict)), wording(result.reason.partition("\n")[0]))
    for difference in result.differences:
        yield (
            "expected ",
            (wording(difference.expected) or NOTHING, Style.EXPECTED),
            ", got ",
            (wording(difference.got) or NOTHING, Style.GOT),
        )
    for breach in result.breaches:
        yield (f"beside it, clause {breach.clause}: ", (wording(breach.message), Style.GOT))
