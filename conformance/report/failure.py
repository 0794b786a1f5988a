"""This module owns the words that explain one result, so that nobody has to dig further.

Candidates' octets are hostile until shown: everything but printable ASCII leaves here as an escape.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from conformance.runner.verdict import Difference, Line, Result, Verdict
from conformance.scenario.model import Clause

_INDENT = "    "


def printable(text: str) -> str:
    r"""Return text in which nothing but printable characters is left: ``\x1b`` for an escape, ``\r`` for CR."""
    named = {"\r": "\\r", "\n": "\\n", "\t": "\\t", "\\": "\\\\"}
    return "".join(
        named.get(char) or (char if " " <= char <= "~" else char.encode("unicode_escape").decode("ascii"))
        for char in text
    )


def failure_text(result: Result, clauses: Mapping[str, Clause]) -> str:
    """Return all that is known of a result that is no pass: duty, differences, dialogue, how to run it again."""
    return "\n".join(_lines(result, clauses))


def headline(result: Result) -> str:
    """Return one line: verdict, id, and the first thing that is wrong."""
    if result.reason:
        return f"{result.verdict} {result.id}: {printable(result.reason.splitlines()[0])}"
    first = printable(str(result.differences[0])) if result.differences else result.title
    more = f" (+{len(result.differences) - 1} more)" if len(result.differences) > 1 else ""
    return f"{result.verdict} {result.id}: {first}{more}"


def rerun_command(result: Result) -> str:
    """Return the command that runs just this scenario against just this candidate."""
    client = "" if result.candidate == "reference_client" else f" --client {shlex.quote(result.candidate)}"
    return f"smtp-conformance run{client} {shlex.quote(result.id)}"


def _lines(result: Result, clauses: Mapping[str, Clause]) -> Iterator[str]:
    yield f"{result.id}: {result.title}"
    yield f"candidate: {printable(result.candidate)}"
    for clause_id in result.clauses:
        clause = clauses.get(clause_id)
        if clause:
            yield f"clause {clause.id} ({_source(clause)}): {clause.says}"
    if result.reason:
        yield f"{result.verdict}:"
        yield from (f"{_INDENT}{printable(line)}" for line in result.reason.splitlines())
    for difference in result.differences:
        yield from _difference_lines(result, difference)
    for breach in result.breaches:
        yield f"beside it, clause {breach.clause}: {printable(breach.message)}"
    if result.dialogue:
        yield "dialogue:"
        yield from dialogue_lines(result)
    yield f"again: {rerun_command(result)}"


def _source(clause: Clause) -> str:
    return ", ".join(
        part for part in (clause.norm and f"norm line {clause.norm}", clause.rfc and f"RFC {clause.rfc}") if part
    )


def _difference_lines(result: Result, difference: Difference) -> Iterator[str]:
    where = f" ({result.path}:{difference.line})" if difference.line else ""
    yield f"at {printable(difference.step)}{where}"
    yield f"{_INDENT}expected: {printable(difference.expected)}"
    yield f"{_INDENT}got:      {printable(difference.got)}"


def dialogue_lines(result: Result) -> Iterator[str]:
    """Yield the dialogue, one line of the wire a line, with ``>`` before the lines that differ."""
    marked = {difference.event for difference in result.differences}
    marked |= {breach.event for breach in result.breaches}
    several = len({line.connection for line in result.dialogue}) > 1
    if result.verdict is Verdict.PASS:
        marked = set()
    for index, line in enumerate(result.dialogue):
        prefix = ">" if index in marked else " "
        connection = f"[{line.connection + 1}] " if several else ""
        for piece in _pieces(line):
            yield f"{_INDENT}{prefix} {connection}{line.kind}: {piece}"


def _pieces(line: Line) -> Iterator[str]:
    if line.kind == "-":
        yield f"({printable(line.text)})"
        return
    for piece in line.text.splitlines(keepends=True) or [""]:
        shown = printable(piece)
        # The usual line end is left out; anything else shows.
        yield shown.removesuffix("\\r\\n") if piece.endswith("\r\n") else shown
    if line.cut:
        yield f"… and {line.cut} octets more"
