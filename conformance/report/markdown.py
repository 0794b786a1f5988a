"""This module owns the summary in Markdown, for the page of a CI job: who conforms, families, the first failures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from conformance.report.alike import Group, grouped
from conformance.report.failure import first_words, rerun_command
from conformance.report.merging import Collected, Column
from conformance.report.summary import by_family, is_wrong, standing_of
from conformance.runner.verdict import Verdict
from conformance.scenario.model import Clause, Level

_MOST_FAILURES = 50
"""Scenario files of one candidate whose failures are listed; GitHub cuts the summary of a step at one mebibyte."""
_LONGEST = 300
_SIGNS = {Verdict.PASS: "✅", Verdict.FAIL: "❌", Verdict.ERROR: "💥", Verdict.UNSUPPORTED: "➖", Verdict.KNOWN: "🔶"}  # noqa: RUF001 - the sign is meant


def markdown_of(collected: Collected, clauses: Mapping[str, Clause]) -> str:
    """Return the summary."""
    return "\n".join(_lines(collected, clauses)) + "\n"


def _lines(collected: Collected, clauses: Mapping[str, Clause]) -> Iterator[str]:
    yield "## SMTP conformance"
    yield ""
    for note in collected.notes:
        yield f"> ⚠️ {escaped(note)}"
        yield ""
    yield from _standings(collected.columns, clauses)
    yield ""
    yield f"<details><summary>By family: {len(collected.rows)} scenario{'s' * (len(collected.rows) != 1)}</summary>"
    yield ""
    yield from _families(collected.columns)
    yield ""
    yield "</details>"
    for column in collected.columns:
        yield from _failures(column)
    yield ""
    legend = ", ".join(f"{_SIGNS[verdict]} {verdict}" for verdict in Verdict)
    yield f"<sub>smtp-conformance {escaped(', '.join(collected.suites))}; {legend}</sub>"


def _standings(columns: Sequence[Column], clauses: Mapping[str, Clause]) -> Iterator[str]:
    yield f"| candidate | | {' | '.join(Level)} |"
    yield f"|---|---|{'---:|' * len(Level)}"
    for column in columns:
        standing = standing_of(column.results.values(), clauses)
        cells = []
        for level in Level:
            of_level = next((found for found in standing.levels if found.level is level), None)
            cells.append(
                f"{'✅' if of_level.conforms else '❌'} {of_level.passed}/{of_level.total}" if of_level else ""
            )
        word = f"**{standing.words}**" if standing.conforms else standing.words
        truncated = " (truncated)" if column.truncated else ""
        name = f"{escaped(column.name)}<br><sub>{escaped(column.words)}</sub>"
        yield f"| {name} | {word}{truncated} | {' | '.join(cells)} |"


def _families(columns: Sequence[Column]) -> Iterator[str]:
    families = [by_family(column.results.values()) for column in columns]
    yield f"| family | {' | '.join(escaped(column.name) for column in columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for family in sorted({family for found in families for family in found}):
        yield f"| {escaped(family)} | {' | '.join(_counts(found.get(family, Counter())) for found in families)} |"


def _counts(counts: Counter[Verdict]) -> str:
    return " ".join(f"{_SIGNS[verdict]} {counts[verdict]}" for verdict in Verdict if counts[verdict])


def _failures(column: Column) -> Iterator[str]:
    found = sorted((result for result in column.results.values() if is_wrong(result)), key=lambda result: result.id)
    if not found:
        return
    yield ""
    yield f"<details><summary>{escaped(column.name)}: {len(found)} failed</summary>"
    yield ""
    groups = grouped(found)
    for group in groups[:_MOST_FAILURES]:
        result = group.first
        others = f"<br><sub>and {escaped(_cases(group))}</sub>" if group.others else ""
        yield f"- **{escaped(result.id)}** {escaped(result.title)}<br>{escaped(first_words(result))}{others}"
    if len(groups) > _MOST_FAILURES:
        more = sum(len(group.members) for group in groups[_MOST_FAILURES:])
        yield f"- … and {more} more, of {len(groups) - _MOST_FAILURES} scenario files"
    yield ""
    yield f"Run one again: <code>{escaped(rerun_command(found[0]))}</code>"
    yield ""
    yield "</details>"


def _cases(group: Group) -> str:
    return ", ".join(result.id.removeprefix(group.file) for result in group.others)


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, in a table cell too: a candidate's words are no markup."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    safe = short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = re.sub(r"[\\`*\[\]!|~$]|\b_|_\b|(?<!\w)@|^[#+-]", lambda found: f"&#{ord(found[0])};", safe)
    return "".join(char if char.isprintable() else " " for char in safe)
