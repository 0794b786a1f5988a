"""This module owns the words of a comparison: what changed, told like release notes, grouped by clause.

What the two candidates did stands one below the other, under what was expected of them. Cases of a scenario that
changed alike are told once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.report.compare import Comparison, own_verdict, trouble_of, without_place
from conformance.report.failure import printable, wording
from conformance.report.norm import in_words
from conformance.report.styled import Style, StyledLine, line
from conformance.runner.verdict import Difference, Result, Verdict
from conformance.scenario.model import Clause

_MOST_CASES = 4
"""Cases of a scenario that are named where they changed alike."""
_AS_EXPECTED = ("as expected", Style.PASS)
_KINDS = (
    ("pass no longer", "passes no longer", Style.BAD),
    ("are unsupported now", "is unsupported now", Style.UNSUPPORTED),
    ("pass now", "passes now", Style.GOOD),
    ("come out otherwise", "comes out otherwise", Style.HEAD),
)
"""How scenarios changed, in the order in which it is told: of several, of one, and how it looks."""

Pair = tuple[Result, Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """Cases of one scenario that changed alike.

    Attributes:
        pairs: both results of each.
        lines: what happened at each step where the two differ.
    """

    pairs: list[Pair]
    lines: list[StyledLine]


def comparison_lines(comparison: Comparison, clauses: Mapping[str, Clause]) -> Iterator[StyledLine]:
    """Yield the comparison: how much changed, what changed by kind and clause, and what only one side has."""
    changed = comparison.changed
    names = [printable(comparison.before.name), printable(comparison.after.name)]
    yield line((names[0], Style.HEAD), " → ", (names[1], Style.HEAD), f": {_counts(comparison, changed)}")
    for side, name in zip((comparison.before, comparison.after), names, strict=True):
        if side.about:
            yield line((f"  {name:{max(map(len, names))}}  {printable(side.about)}", Style.QUIET))
    for plural, singular, style in _KINDS:
        pairs = [pair for pair in changed if _kind(*pair) == plural]
        if pairs:
            yield line("")
            yield line((f"{len(pairs)} scenarios {plural}" if len(pairs) > 1 else f"1 scenario {singular}", style))
            yield from _by_clause(pairs, names, clauses)
    for side, results in comparison.only:
        if results:
            yield line("")
            yield line((f"only in {printable(side.name)}", Style.HEAD))
            for result in results:
                verdict = own_verdict(result)
                yield line("  ", (str(verdict), Style(verdict)), f" {result.id}: {result.title}")


def _counts(comparison: Comparison, changed: Sequence[Pair]) -> str:
    alike = len(set(comparison.before.results) & set(comparison.after.results)) - len(changed)
    kinds = Counter(_kind(before, after) for before, after in changed)
    counts = ", ".join(f"{kinds[plural]} {plural}" for plural, _, _ in _KINDS if kinds[plural])
    differ = "1 scenario differs" if len(changed) == 1 else f"{len(changed)} scenarios differ"
    return f"{differ}{f' ({counts})' if counts else ''}, {alike} alike"


def _kind(before: Result, after: Result) -> str:
    first, second = own_verdict(before), own_verdict(after)
    if second is Verdict.PASS and first is not Verdict.PASS:
        return "pass now"
    if first is Verdict.PASS and second is not Verdict.PASS:
        return "pass no longer" if second is not Verdict.UNSUPPORTED else "are unsupported now"
    return "come out otherwise"


def _by_clause(pairs: Iterable[Pair], names: Sequence[str], clauses: Mapping[str, Clause]) -> Iterator[StyledLine]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair[0].clauses[0], []).append(pair)
    for clause_id, of_clause in sorted(groups.items()):
        yield line("")
        yield _heading(clause_id, clauses)
        said = {clauses[clause_id].says} if clause_id in clauses else set()
        for told in _alike(of_clause, names):
            title = told.pairs[0][0].title
            yield _cases(told.pairs, "" if title in said else f": {title}")
            said.add(title)
            yield from told.lines


def _heading(clause_id: str, clauses: Mapping[str, Clause]) -> StyledLine:
    clause = clauses.get(clause_id)
    if clause is None:
        return line(("clause ", Style.QUIET), (clause_id, Style.HEAD))
    source = (f" ({in_words(clause)})", Style.QUIET)
    return line(("clause ", Style.QUIET), (clause_id, Style.HEAD), source, f": {clause.says}")


def _alike(pairs: Iterable[Pair], names: Sequence[str]) -> Iterable[_Told]:
    found: dict[tuple[str, tuple[StyledLine, ...]], _Told] = {}
    for pair in pairs:
        lines = list(_side_by_side(pair, names))
        key = (pair[0].id.partition("[")[0], tuple(lines))
        found.setdefault(key, _Told(pairs=[], lines=lines)).pairs.append(pair)
    return found.values()


def _cases(pairs: Sequence[Pair], title: str) -> StyledLine:
    """Return a line with the id of a scenario, and which of its cases changed so."""
    name, _, _ = pairs[0][0].id.partition("[")
    cases = [before.id.removeprefix(name) for before, _ in pairs]
    more = f" and {len(cases) - _MOST_CASES} more" if len(cases) > _MOST_CASES else ""
    return line(f"  {name}{' '.join(cases[:_MOST_CASES])}{more}{title}")


def _side_by_side(pair: Pair, names: Sequence[str]) -> Iterator[StyledLine]:
    """Yield what was expected at each step where one side deviates, and below it what either did."""
    width = max(*map(len, names), len("expected"))
    steps = dict.fromkeys((each.step, each.expected) for result in pair for each in result.differences)
    for step, expected in steps:
        yield line(f"    at {wording(step)}")
        yield line(
            (f"      {'expected':{width}}  ", Style.QUIET), (wording(expected) or "(an empty line)", Style.EXPECTED)
        )
        for name, result in zip(names, pair, strict=True):
            for told, style in _at_step(result, step, expected):
                yield line((f"      {name:{width}}  ", Style.QUIET), (told, style))
    if not steps or any(own_verdict(result) in (Verdict.ERROR, Verdict.UNSUPPORTED) for result in pair):
        for name, result in zip(names, pair, strict=True):
            verdict = own_verdict(result)
            why = f": {wording(trouble_of(result))}" if verdict in (Verdict.ERROR, Verdict.UNSUPPORTED) else ""
            yield line((f"      {name:{width}}  ", Style.QUIET), (f"{verdict}{why}", Style(verdict)))
    yield from _breaches(pair, names, width)


def _at_step(result: Result, step: str, expected: str) -> Iterator[tuple[str, Style]]:
    """Yield what a side did at a step; nothing where it had deviated elsewhere, and this is not known."""
    found = [each for each in result.differences if _is_at(each, step, expected)]
    yield from ((wording(without_place(each.got)), Style.GOT) for each in found)
    if not result.differences and own_verdict(result) in (Verdict.PASS, Verdict.FAIL):
        yield _AS_EXPECTED


def _is_at(difference: Difference, step: str, expected: str) -> bool:
    return (difference.step, difference.expected) == (step, expected)


def _breaches(pair: Pair, names: Sequence[str], width: int) -> Iterator[StyledLine]:
    """Yield what was broken on the wire beside what the scenario judges."""
    broken = [{each.clause: each for each in (*result.breaches, *result.known_breaches)} for result in pair]
    for clause in sorted(set(broken[0]) ^ set(broken[1])):
        yield line(f"    beside it, clause {clause}")
        for name, of_side in zip(names, broken, strict=True):
            told = (wording(of_side[clause].message), Style.GOT) if clause in of_side else ("kept", Style.PASS)
            yield line((f"      {name:{width}}  ", Style.QUIET), told)
