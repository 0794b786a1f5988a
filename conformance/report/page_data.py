"""This module owns what the page knows: an index, read when it opens, and for each family the details of its cells.

Both are JSON, compressed, in base64. Candidates of one kind say nearly the same, so each line, dialogue, difference
and text is kept once and told by its number; times are apart, since they always differ. Octets are made printable here:
the page shows text, and never makes markup of it.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from conformance.report.failure import NOTHING, offending_events, pieces, printable, rerun_command, wording
from conformance.report.merging import Collected
from conformance.report.norm import sources_of
from conformance.report.summary import Kept, kept_clauses
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.model import Clause, Level

_LONGEST_PIECE = 400
"""Characters of one line of a dialogue on the page."""
_MOST_PIECES = 200
"""Lines of one dialogue on the page."""
_LEVELS = list(Level)
_VERDICTS = list(Verdict)
_KEPT = list(Kept)


class _Once:
    """A list in which each value stands once."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[str, int] = {}

    def number(self, value: Any) -> int:
        """Return the place of a value, which is put there if it is new."""
        key = json.dumps(value)
        if key not in self._numbers:
            self._numbers[key] = len(self.values)
            self.values.append(value)
        return self._numbers[key]


def packed(value: object) -> str:
    """Return a value as compressed JSON in base64."""
    text = json.dumps(value, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("ascii"), 9)).decode("ascii")


def index_of(collected: Collected, clauses: Mapping[str, Clause]) -> dict[str, Any]:
    """Return what the page needs to draw its tables and to filter."""
    judged = _judged(collected, clauses)
    places = {clause: number for number, clause in enumerate(judged)}
    tags = sorted({tag for row in collected.rows for tag in row.tags})
    kept = [kept_clauses(column.results.values()) for column in collected.columns]
    return {
        "candidates": [
            {"name": printable(column.name), "key": key_of(column.name), "words": printable(column.words)}
            for column in collected.columns
        ],
        "levels": _LEVELS,
        "verdicts": _VERDICTS,
        "kept": _KEPT,
        "tags": tags,
        "clauses": [_clause(clause, clauses.get(clause)) for clause in judged],
        "rows": [_row(row, places, tags) for row in collected.rows],
        "grid": [
            "".join(_verdict_sign(column.results.get(row.id)) for row in collected.rows) for column in collected.columns
        ],
        "clauseGrid": [
            "".join(str(_KEPT.index(found.get(clause, Kept.UNJUDGED))) for clause in judged) for found in kept
        ],
        "breaches": _breaches(collected, places),
    }


def key_of(name: str) -> str:
    """Return what a candidate is called in addresses: its name, with what no address can hold replaced."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _judged(collected: Collected, clauses: Mapping[str, Clause]) -> list[str]:
    """Return the clauses of which a result speaks, in the order of the catalogue; unknown ones last."""
    found: dict[str, None] = {}
    for column in collected.columns:
        for result in column.results.values():
            found.update(dict.fromkeys(result.clauses))
            found.update(dict.fromkeys(breach.clause for breach in (*result.breaches, *result.known_breaches)))
    return [*(clause for clause in clauses if clause in found), *(clause for clause in found if clause not in clauses)]


def _clause(clause_id: str, clause: Clause | None) -> dict[str, Any]:
    if clause is None:
        return {"id": clause_id, "says": "(not in the catalogue of this version)", "level": 0, "sources": []}
    told = {"erratum": clause.erratum, "either": clause.either}
    return {
        "id": clause_id,
        "says": clause.says,
        "level": _LEVELS.index(clause.level),
        "sources": [[source.words, source.address] for source in sources_of(clause)],
        **{key: text for key, text in told.items() if text},
    }


def _row(row: Result, places: Mapping[str, int], tags: list[str]) -> list[Any]:
    return [
        row.id,
        row.title,
        _LEVELS.index(Level(row.level)),
        [places[clause] for clause in row.clauses],
        [tags.index(tag) for tag in row.tags],
        row.path,
    ]


def _verdict_sign(result: Result | None) -> str:
    return str(_VERDICTS.index(result.verdict)) if result else "."


def _breaches(collected: Collected, places: Mapping[str, int]) -> list[list[Any]]:
    """Return column, row and clauses of each cell in which an always-on wire check was broken."""
    return [
        [number, place, sorted({places[breach.clause] for breach in (*result.breaches, *result.known_breaches)})]
        for number, column in enumerate(collected.columns)
        for place, row in enumerate(collected.rows)
        if (result := column.results.get(row.id)) and (result.breaches or result.known_breaches)
    ]


def details_of(collected: Collected, clauses: Mapping[str, Clause]) -> dict[str, dict[str, Any]]:
    """Return by family all that is told of its cells."""
    places = {clause: number for number, clause in enumerate(_judged(collected, clauses))}
    details: dict[str, dict[str, Any]] = {}
    tables: dict[str, dict[str, _Once]] = {}
    for place, row in enumerate(collected.rows):
        once = tables.setdefault(row.family, {key: _Once() for key in ("lines", "dialogues", "differences", "texts")})
        cells = details.setdefault(row.family, {"cells": {}})["cells"]
        for number, column in enumerate(collected.columns):
            result = column.results.get(row.id)
            if result:
                cells[f"{number},{place}"] = _cell(result, once, places)
    for family, once in tables.items():
        details[family].update({key: table.values for key, table in once.items()})
    return details


def _cell(result: Result, once: Mapping[str, _Once], places: Mapping[str, int]) -> list[Any]:
    dialogue, times = _dialogue(result, once["lines"])
    differences = [
        [wording(item.step), item.line, wording(item.expected) or NOTHING, wording(item.got) or NOTHING, item.event]
        for item in result.differences
    ]
    breaches = [
        [places[breach.clause], wording(breach.message), known, breach.event]
        for known, found in enumerate((result.breaches, result.known_breaches))
        for breach in found
    ]
    reason = "\n".join(wording(text) for text in result.reason.splitlines())
    return [
        round(result.duration * 1e3),
        once["dialogues"].number(dialogue),
        times,
        once["differences"].number([differences, breaches]),
        once["texts"].number(reason),
        once["texts"].number(rerun_command(result)),
    ]


def _dialogue(result: Result, lines: _Once) -> tuple[list[Any], list[int]]:
    """Return the numbers of the lines and the marks, and apart from them the times: tenths of a millisecond between."""
    marked = offending_events(result)
    shape: list[Any] = []
    times: list[int] = []
    before = 0
    several = len({event.connection for event in result.dialogue}) > 1
    for index, event in enumerate(result.dialogue):
        if len(shape) >= _MOST_PIECES:
            shape.append([lines.number(["-", f"… {len(result.dialogue) - index} events more", 0, 0]), 0])
            times.append(0)
            break
        now = round(event.at * 1e4)
        told = list(_short(pieces(event)))
        connection = event.connection + 1 if several else 0
        line = lines.number([event.kind, "\n".join(told), connection, int(event.encrypted)])
        shape.append([line, int(index in marked)])
        times.append(now - before)
        before = now
    return shape, times


def _short(found: Iterable[str]) -> Iterable[str]:
    for number, piece in enumerate(found):
        if number == _MOST_PIECES:
            yield "… more lines"
            return
        more = len(piece) - _LONGEST_PIECE
        yield f"{piece[:_LONGEST_PIECE]}… ({more} characters more)" if more > 0 else piece
