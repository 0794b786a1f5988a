"""This module owns the clause catalogue: what is judged, and how much of it has a scenario."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from conformance.errors import Problem, ScenarioError
from conformance.scenario.model import Clause, Level
from conformance.scenario.tree import Mapping as MappingNode
from conformance.scenario.tree import Node, Scalar, did_you_mean, plain, read_tree

_ID = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+")
_LINES = re.compile(r"[0-9]+(-[0-9]+)?(, ?[0-9]+(-[0-9]+)?)*")
_KEYS = frozenset({"says", "level", "norm", "rfc", "erratum", "either"})


def read_clauses(path: Path, shown_as: str = "") -> Mapping[str, Clause]:
    """Read a clause catalogue.

    Args:
        path: the file.
        shown_as: what to call it in messages; left out: its path.

    Raises:
        ScenarioError: every mistake in it, each at its place.
    """
    name = shown_as or str(path)
    try:
        tree = read_tree(path.read_text(encoding="utf-8"), name)
    except OSError as error:
        raise ScenarioError([Problem(name, 1, 1, f"cannot be read: {error.strerror}")]) from error
    if not isinstance(tree, MappingNode):
        raise ScenarioError([tree.place.problem("a clause catalogue is a mapping from id to clause")])
    problems: list[Problem] = []
    clauses: dict[str, Clause] = {}
    for key, value in tree.entries:
        mistakes = list(_mistakes(key, value))
        problems.extend(mistakes)
        if not mistakes:
            clauses[str(key.value)] = _clause(key, value)
    if problems:
        raise ScenarioError(problems)
    return clauses


def _mistakes(key: Scalar, value: Node) -> Iterator[Problem]:
    if not isinstance(key.value, str) or not _ID.fullmatch(key.value):
        yield key.place.problem(f"{key.value!r} is no clause id: lower-case words with a dot, family first")
    if not isinstance(value, MappingNode):
        yield value.place.problem("a clause is a mapping with says, level, and norm or rfc")
        return
    row = plain(value)
    assert isinstance(row, dict)  # noqa: S101 - a MappingNode's plain value
    yield from _unknown_keys(value)
    if not isinstance(row.get("says"), str):
        yield value.place.problem("a clause says its duty: text under says")
    if row.get("level") not in list(Level):
        yield value.place.problem(f"level is one of {', '.join(Level)}, not {row.get('level')!r}")
    if row.get("level") == Level.DOCUMENTED and not _LINES.fullmatch(str(row.get("norm", ""))):
        yield value.place.problem("a documented clause names its line or lines of the norm, as 428 or 456-460")
    if row.get("level") == Level.PROTOCOL and not row.get("rfc"):
        yield value.place.problem("a protocol clause names its RFC and section, as 5321 section 4.2")


def _unknown_keys(value: MappingNode) -> Iterator[Problem]:
    for key, _ in value.entries:
        if key.value not in _KEYS:
            yield key.place.problem(f"unknown key {key.value!r}{did_you_mean(str(key.value), _KEYS)}")


def _clause(key: Scalar, value: Node) -> Clause:
    row = plain(value)
    assert isinstance(row, dict)  # noqa: S101 - _mistakes has seen to it
    words = {name: str(row[name]) for name in ("norm", "rfc", "erratum", "either") if name in row}
    return Clause(id=str(key.value), says=row["says"], level=Level(row["level"]), line=key.place.line, **words)
