"""This module owns the badge: what shields.io draws from a JSON endpoint (schemaVersion 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.report.merging import Collected
from conformance.report.summary import Standing, standing_of
from conformance.runner.verdict import Verdict
from conformance.scenario.model import Clause

_COLOURS = ((0.99, "yellowgreen"), (0.95, "yellow"), (0.8, "orange"))
"""By the part that passed, of a candidate that does not conform: not even all passed makes it green."""


def badge_of(collected: Collected, clauses: Mapping[str, Clause]) -> dict[str, object]:
    """Return the badge of a candidate; of several, how many of them conform."""
    standings = [standing_of(column.results.values(), clauses) for column in collected.columns]
    doubtful = collected.partial or any(column.truncated for column in collected.columns)
    message, colour = _of_one(standings[0]) if len(standings) == 1 else _of_several(standings)
    if doubtful:
        message, colour = f"{message} (in part)", "lightgrey"
    return {"schemaVersion": 1, "label": "SMTP conformance", "message": message, "color": colour}


def _of_one(standing: Standing) -> tuple[str, str]:
    if standing.conforms:
        return "conforms", "brightgreen"
    passed, total = standing.counts[Verdict.PASS], standing.counts.total()
    colour = next((colour for least, colour in _COLOURS if passed >= least * total), "red")
    return f"{passed} of {total}", colour


def _of_several(standings: Sequence[Standing]) -> tuple[str, str]:
    conforming = sum(standing.conforms for standing in standings)
    colour = "brightgreen" if conforming == len(standings) else "orange" if conforming else "red"
    return f"{conforming} of {len(standings)} candidates", colour
