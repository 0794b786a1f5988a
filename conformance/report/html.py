"""This module owns the page: one file that needs nothing else, neither network nor server. It alone imports jinja2.

The parts of the page lie in ``page/``: a template that escapes whatever it is given, styles, and scripts that make
text, never markup, of what they read. A Content-Security-Policy allows just these scripts and styles, and no request.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.report.failure import printable
from conformance.report.merging import Collected, Column
from conformance.report.page_data import details_of, index_of, key_of, packed
from conformance.report.signs import SIGNS
from conformance.report.summary import BINDING, LevelStanding, standing_of
from conformance.runner.verdict import Verdict
from conformance.scenario.model import Clause, Level

_FOLDER = "page"
_SCRIPTS = ("data.js", "grid.js", "filters.js", "difference.js", "dialogue.js", "detail.js", "main.js")
_MEANINGS = {
    Verdict.PASS: "did what the scenario expects",
    Verdict.FAIL: "did something else",
    Verdict.ERROR: "crashed, hung, or broke the driver protocol",
    Verdict.UNSUPPORTED: "has no such operation",
    Verdict.KNOWN: "fails as its baseline lists",
}


def page_of(collected: Collected, clauses: Mapping[str, Clause]) -> str:
    """Return the page."""
    environment = Environment(
        loader=PackageLoader("conformance.report", _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = "\n".join(["'use strict';", *map(_asset, _SCRIPTS)])
    style = _asset("page.css")
    cards = [_card(column, clauses) for column in collected.columns]
    return environment.get_template("page.html.j2").render(
        script=Markup(script),  # noqa: S704 - our own file
        style=Markup(style),  # noqa: S704 - our own file
        policy=_policy(script, style),
        collected=collected,
        notes=[printable_unicode(note) for note in collected.notes],
        cards=cards,
        conforming=sum(card["conforms"] for card in cards),
        levels=[{"word": str(level), "apart": level not in BINDING} for level in Level],
        wire=any(card["breached"] for card in cards),
        verdicts=[{"word": str(v), "sign": SIGNS[v], "means": _MEANINGS[v]} for v in Verdict],
        index=packed(index_of(collected, clauses)),
        details={family: packed(detail) for family, detail in details_of(collected, clauses).items()},
    )


def _asset(name: str) -> str:
    return files("conformance.report").joinpath(_FOLDER, name).read_text(encoding="utf-8").strip()


def _policy(script: str, style: str) -> str:
    allowed = [
        f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for kind, text in (("script", script), ("style", style))
    ]
    return "; ".join(["default-src 'none'", *allowed, "base-uri 'none'", "form-action 'none'"])


def _card(column: Column, clauses: Mapping[str, Clause]) -> dict[str, Any]:
    standing = standing_of(column.results.values(), clauses)
    judged = {level.level: level for level in standing.levels}
    return {
        "name": printable(column.name),
        "address": quote(key_of(column.name), safe=""),
        "words": printable(column.words),
        "truncated": column.truncated,
        "conforms": standing.conforms,
        "says": standing.words,
        "mark": ("yes" if standing.conforms else "no") if standing.is_judged else "unjudged",
        "levels": [_level(judged.get(level, LevelStanding(level=level, counts={}))) for level in Level],
        "breached": sorted({clause for level in standing.levels for clause in level.breached}),
    }


def _level(standing: LevelStanding) -> dict[str, Any]:
    return {
        "level": str(standing.level),
        "conforms": standing.conforms,
        "passed": standing.passed,
        "total": standing.total,
        "counts": _shares(standing.counts),
    }


def _shares(counts: Mapping[Verdict, int]) -> Sequence[dict[str, Any]]:
    """Return the verdicts that there are, each with its part of a bar of 100; the smallest can still be seen."""
    found = [(verdict, counts[verdict]) for verdict in Verdict if counts.get(verdict)]
    total = sum(count for _, count in found)
    widths = [max(count / total, 0.015) for _, count in found]
    starts = [100 * sum(widths[:number]) / sum(widths) for number in range(len(widths))]
    return [
        {"word": str(verdict), "count": count, "start": round(start, 2), "width": round(100 * width / sum(widths), 2)}
        for (verdict, count), start, width in zip(found, starts, widths, strict=True)
    ]


def printable_unicode(text: str) -> str:
    """Return text without control characters; a file's name may have letters of any script."""
    return "".join(char if char.isprintable() else printable(char) for char in text)
