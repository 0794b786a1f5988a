"""This module owns which scenarios a user means: patterns, levels, tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from conformance.errors import NothingSelectedError
from conformance.scenario.loader import Source
from conformance.scenario.model import Level, Scenario
from conformance.scenario.tree import did_you_mean


def matches(scenario: Scenario, pattern: str) -> bool:
    """Tell whether a pattern means this scenario.

    A pattern is an id, with or without brackets; a family; a glob over ids (``*`` and ``?``); a former id; the path of
    the file; or the id of a clause.
    """
    if pattern in {scenario.id, *scenario.aliases, *scenario.clauses}:
        return True
    return _means(pattern, scenario.file_id, scenario.path) or _is_glob_of(pattern, scenario.id)


def matches_file(source: Source, pattern: str) -> bool:
    """Tell whether a pattern may mean a scenario of a file, by all that is known without reading it."""
    bare = pattern.partition("[")[0]
    return _means(bare, source.file_id, source.shown_as)


def _means(pattern: str, file_id: str, path: str) -> bool:
    folder = pattern.rstrip("/")
    if file_id == folder or file_id.startswith(f"{folder}/") or _is_glob_of(pattern, file_id):
        return True
    return pattern.endswith(".yaml") and Path(pattern).resolve() == Path(path).resolve()


def _is_glob_of(pattern: str, name: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), name) is not None


def select(
    scenarios: Iterable[Scenario],
    patterns: Sequence[str] = (),
    *,
    levels: Sequence[str] = (),
    tags: Sequence[str] = (),
) -> list[Scenario]:
    """Return the scenarios that any of the patterns means, of one of the levels and with all the tags.

    Raises:
        NothingSelectedError: a pattern means no scenario, or levels and tags leave none.
    """
    known = list(scenarios)
    for pattern in patterns:
        if not any(matches(scenario, pattern) for scenario in known):
            names = {name for scenario in known for name in (scenario.id, scenario.file_id, scenario.family)}
            raise NothingSelectedError(f"{pattern!r} matches no scenario{did_you_mean(pattern, names)}")
    chosen = [
        scenario
        for scenario in known
        if (not patterns or any(matches(scenario, pattern) for pattern in patterns))
        and (not levels or scenario.level in {Level(level) for level in levels})
        and scenario.tags >= set(tags)
    ]
    if not chosen:
        raise NothingSelectedError("no scenario is left by the patterns, levels and tags that you gave")
    return chosen
