"""This module owns the last words on a candidate: whether it conforms, as a whole and at each level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from conformance.report.failure import printable
from conformance.report.styled import Span, Style, StyledLine, line
from conformance.report.summary import BINDING, LevelStanding, Standing, standing_of
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.model import Clause, Level

_PART = " in the part that was played"
_NOT_PASSED = [verdict for verdict in Verdict if verdict is not Verdict.PASS]
Row = Sequence[Span]


def conclusion(client: str, standing: Standing, *, partial: bool) -> StyledLine:
    """Return one line: whether a candidate conforms, and at which levels."""
    levels = ", ".join(f"{level.level} {'yes' if level.conforms else 'no'}" for level in standing.levels)
    return line(*_headline(client, standing, partial=partial), (f": {levels}", Style.QUIET))


def conclusion_by_level(client: str, standing: Standing, *, partial: bool) -> Iterator[StyledLine]:
    """Yield whether a candidate conforms, and a line for each level, with what stands in its way."""
    yield line(*_headline(client, standing, partial=partial))
    for level in standing.levels:
        yield _level_line(level)


def _headline(client: str, standing: Standing, *, partial: bool) -> StyledLine:
    return line((printable(client), Style.HEAD), " ", _words(standing), _PART if partial else "")


def _words(standing: Standing) -> Span:
    if not standing.is_judged:
        return standing.words, Style.PLAIN
    return standing.words, Style.GOOD if standing.conforms else Style.BAD


def _level_line(standing: LevelStanding) -> StyledLine:
    word = "conforms" if standing.conforms else "does not conform"
    style = Style.GOOD if standing.conforms else Style.BAD
    parts = [f"{standing.passed} of {standing.total} passed"]
    parts.extend(
        f"{n} {verdict}" for verdict in Verdict if verdict is not Verdict.PASS and (n := standing.counts[verdict])
    )
    if standing.breached:
        parts.append(f"broken on the wire: {', '.join(standing.breached)}")
    apart = "" if standing.level in BINDING else " (reported apart)"
    return line(f"  {standing.level:11} ", (f"{word:16}", style), f"  {', '.join(parts)}", (apart, Style.QUIET))


def conclusions_table(
    results: Mapping[str, Sequence[Result]], clauses: Mapping[str, Clause], *, partial: bool
) -> tuple[list[str], list[Row]]:
    """Return heads and rows that lay the conclusions on several candidates side by side.

    Args:
        results: by candidate; those without any are left out.
        clauses: the catalogue.
        partial: whether only a part of the scenarios was played.
    """
    rows: list[Row] = []
    for client, found in results.items():
        if found:
            standing = standing_of(found, clauses)
            levels = {level.level: level for level in standing.levels}
            cells = [_level_cell(levels.get(level)) for level in Level]
            rows.append([(printable(client), Style.HEAD), _words(standing), *cells])
    return ["", "in the part played" if partial else "", *Level], rows


def _level_cell(standing: LevelStanding | None) -> Span:
    if standing is None:
        return "", Style.PLAIN
    words = f"{'yes' if standing.conforms else 'no'} {standing.passed}/{standing.total}"
    return words, Style.GOOD if standing.conforms else Style.BAD
