"""This module owns the words that explain one result, so that nobody has to dig further.

Candidates' octets are hostile until shown: everything but printable ASCII leaves here as an escape. A flood is told in
a few lines: what is shown is bounded, and says so.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from conformance.report.differing import apart
from conformance.report.norm import in_words
from conformance.report.styled import Style, StyledLine, line, unstyled
from conformance.runner.verdict import Difference, Line, Result, Verdict
from conformance.scenario.model import Clause

NOTHING = "(nothing)"
"""What stands for an empty line, or an empty text."""
_INDENT = "    "
_LONGEST_LINE = 160
"""Characters of one line of the dialogue; one that is longer says how many more there are."""
_AROUND = 12
"""Lines of a long dialogue that are shown at its begin, at its end, and around each line that differs."""

_UNPRINTABLE = re.compile(r"[^ -\[\]-~…]")
_UNPRINTABLE_IN_WORDS = re.compile(r"[^ -~…]")
_NAMED = {"\r": "\\r", "\n": "\\n", "\t": "\\t", "\\": "\\\\"}


def printable(text: str) -> str:
    r"""Return text in which nothing but printable characters is left: ``\x1b`` for an escape, ``\r`` for CR."""
    return _UNPRINTABLE.sub(_escape, text)


def wording(text: str) -> str:
    """Return words of ours with a candidate's in them: what is not printable is escaped, a backslash stays one."""
    return _UNPRINTABLE_IN_WORDS.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return _NAMED.get(found[0]) or found[0].encode("unicode_escape").decode("ascii")


def failure_text(result: Result, clauses: Mapping[str, Clause]) -> str:
    """Return all that is known of a result that is no pass: duty, differences, dialogue, how to run it again."""
    return unstyled(failure_lines(result, clauses))


def headline(result: Result) -> str:
    """Return one line: verdict, id, and the first thing that is wrong."""
    return f"{result.verdict} {result.id}: {first_words(result)}"


def first_words(result: Result) -> str:
    """Return the first thing that is wrong, in a line; of a pass its title."""
    if result.reason:
        return wording(result.reason.splitlines()[0])
    if result.differences:
        first = result.differences[0]
        more = f" (+{len(result.differences) - 1} more)" if len(result.differences) > 1 else ""
        expected, got = wording(first.expected) or NOTHING, wording(first.got) or NOTHING
        return f"{wording(first.step)}: expected {expected}, got {got}{more}"
    if result.breaches:
        return f"clause {result.breaches[0].clause}: {wording(result.breaches[0].message)}"
    return result.title


def rerun_command(result: Result, *, whole_file: bool = False) -> str:
    """Return the command that runs just this scenario, or all cases of its file, against just this candidate."""
    client = "" if result.candidate == "reference_client" else f" --client {shlex.quote(result.candidate)}"
    pattern = result.id.partition("[")[0] if whole_file else result.id
    return f"smtp-conformance run{client} {shlex.quote(pattern)}"


def failure_lines(
    result: Result, clauses: Mapping[str, Clause], *, whole: bool = False, named: bool = False
) -> Iterator[StyledLine]:
    """Yield the lines that explain a result.

    Args:
        result: what is explained.
        clauses: the catalogue.
        whole: leave nothing out of the dialogue, however long it is.
        named: a heading above tells id and candidate.
    """
    if named:
        yield line((result.title, Style.HEAD))
    else:
        yield line((result.id, Style.HEAD), f": {result.title}")
        yield line(("candidate: ", Style.QUIET), printable(result.candidate))
    for clause_id in result.clauses:
        clause = clauses.get(clause_id)
        if clause:
            yield line(
                ("clause ", Style.QUIET), f"{clause.id} ", (f"({in_words(clause)})", Style.QUIET), f": {clause.says}"
            )
    if result.reason:
        yield line((f"{result.verdict}:", Style(result.verdict)))
        yield from (line(f"{_INDENT}{wording(text)}") for text in result.reason.splitlines())
    for difference in result.differences:
        yield from _difference_lines(result, difference)
    for breach in result.breaches:
        yield line(f"beside it, clause {breach.clause}: ", (wording(breach.message), Style.GOT))
    if result.dialogue:
        yield line(("dialogue:", Style.QUIET))
        yield from dialogue_lines(result, whole=whole)
    yield line(("again: ", Style.QUIET), (rerun_command(result), Style.COMMAND))


def _difference_lines(result: Result, difference: Difference) -> Iterator[StyledLine]:
    where = f" ({result.path}:{difference.line})" if difference.line else ""
    yield line(f"at {wording(difference.step)}", (where, Style.QUIET))
    expected, got = apart(wording(difference.expected) or NOTHING, wording(difference.got) or NOTHING)
    yield line(
        f"{_INDENT}expected: ", *((text, Style.EXPECTED_ONLY if only else Style.EXPECTED) for text, only in expected)
    )
    yield line(f"{_INDENT}got:      ", *((text, Style.GOT_ONLY if only else Style.GOT) for text, only in got))


def offending_events(result: Result) -> set[int]:
    """Return the indices of the dialogue's events that differ from what was expected; of a pass none."""
    if result.verdict is Verdict.PASS and not result.breaches:
        return set()
    found = {difference.event for difference in result.differences}
    found |= {breach.event for breach in (*result.breaches, *result.known_breaches)}
    return found - {-1}


def dialogue_lines(result: Result, *, whole: bool = False) -> Iterator[StyledLine]:
    """Yield the dialogue, one line of the wire a line, with ``>`` before the lines that differ."""
    marked = offending_events(result)
    several = len({event.connection for event in result.dialogue}) > 1
    shown = [
        _dialogue_line(event, piece, marked=index in marked, several=several, whole=whole)
        for index, event in enumerate(result.dialogue)
        for piece in pieces(event)
    ]
    if whole:
        yield from shown
    else:
        yield from _bounded(shown)


def _dialogue_line(event: Line, piece: str, *, marked: bool, several: bool, whole: bool) -> StyledLine:
    connection = f"[{event.connection + 1}] " if several else ""
    if len(piece) > _LONGEST_LINE and not whole:
        piece = f"{piece[:_LONGEST_LINE]}… ({len(piece) - _LONGEST_LINE} characters more)"
    lead = f"{_INDENT}{'>' if marked else ' '} {connection}{event.kind}: "
    usual = {"S": Style.SERVER, "C": Style.CLIENT}.get(event.kind, Style.QUIET)
    return line((f"{lead}{piece}", Style.OFFENDING if marked else usual))


def _bounded(lines: list[StyledLine]) -> Iterator[StyledLine]:
    """Yield the begin, the end, and what stands around lines that differ."""
    important = {0, len(lines) - 1}
    important |= {index for index, spans in enumerate(lines) if spans[0][1] is Style.OFFENDING}
    left_out = 0
    nearest = sorted(important)[: 2 * _AROUND]
    for index, spans in enumerate(lines):
        if any(abs(index - other) <= _AROUND for other in nearest):
            if left_out:
                yield line((f"{_INDENT}  … {left_out} lines more", Style.QUIET))
            left_out = 0
            yield spans
        else:
            left_out += 1
    if left_out:
        yield line((f"{_INDENT}  … {left_out} lines more", Style.QUIET))


def pieces(event: Line) -> Iterator[str]:
    """Yield the lines of one event, printable; the usual line end is left out, any other shows."""
    if event.kind == "-":
        yield f"({printable(event.text)})"
        return
    for piece in _wire_lines(event.text):
        shown = printable(piece)
        yield shown.removesuffix("\\r\\n") if piece.endswith("\r\n") else shown
    if event.cut:
        yield f"… and {event.cut} octets more"


def _wire_lines(text: str) -> list[str]:
    r"""Return the lines of the wire; not splitlines(), which ends a line also at ``\x0b``, ``\x1c`` and ``\x85``."""
    lines = [f"{part}\n" for part in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] or len(lines) == 1 else lines[:-1]
