"""This module owns the way from a file to scenarios: read, check, multiply by cases and transports.

All mistakes of a file are reported at once, each with line and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import scenarios
from conformance.errors import Problem, ScenarioError, visible
from conformance.scenario.client_steps import build_client
from conformance.scenario.model import Clause, ClientStep, Level, Scenario, Verb
from conformance.scenario.parameters import RUNTIME_NAMES, substitute, unknown_names
from conformance.scenario.schema import schema_problems
from conformance.scenario.server_steps import CARRIAGES, build_script
from conformance.scenario.tree import Mapping as MappingNode
from conformance.scenario.tree import Node, Scalar, did_you_mean, plain, read_tree

SCHEMA = scenarios.ROOT / "schema.json"
_DEADLINE = 10.0  # seconds; a scenario takes milliseconds, a hung client must not hold the run for long
_RANKS = {Level.DOCUMENTED: 0, Level.PROTOCOL: 1, Level.DE_FACTO: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One scenario file.

    Attributes:
        path: where it is.
        file_id: its id, the path below its root without the suffix.
        shown_as: what messages call it.
    """

    path: Path
    file_id: str
    shown_as: str


def find_sources(root: Path) -> Iterator[Source]:
    """Yield the scenario files below a folder, in the order of their ids."""
    for path in sorted(root.rglob("*.yaml")):
        if path != root / "clauses.yaml" and not path.is_symlink():
            yield source_of(path, root)


def source_of(path: Path, root: Path) -> Source:
    """Return the source for one file below ``root``."""
    file_id = path.relative_to(root).with_suffix("").as_posix()
    if root == scenarios.ROOT:
        shown_as = f"scenarios/{path.relative_to(root).as_posix()}"
    else:
        shown_as = str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    return Source(path=path, file_id=file_id, shown_as=shown_as)


def load(source: Source, clauses: Mapping[str, Clause]) -> tuple[Scenario, ...]:
    """Read one file.

    Args:
        source: the file.
        clauses: the catalogue.

    Returns:
        One scenario for each row of ``cases`` and each transport, in the order of the file.

    Raises:
        ScenarioError: all mistakes of the file.
    """
    tree = read_tree(_text_of(source), source.shown_as)
    if not isinstance(tree, MappingNode):
        raise ScenarioError([tree.place.problem("a scenario is a mapping with title, clauses, level, server, client")])
    problems = [*_clause_problems(tree, clauses)]
    built: list[Scenario] = []
    for row_name, row_tree, row_problems in _rows(tree):
        problems.extend(row_problems)
        faults = list(schema_problems(row_tree, SCHEMA))
        problems.extend(faults)
        if not faults and not row_problems:
            try:
                built.extend(_scenarios(source, row_tree, row_name))
            except ScenarioError as error:
                problems.extend(error.problems)
    if problems:
        raise ScenarioError(problems)
    return tuple(built)


def _text_of(source: Source) -> str:
    if visible(source.file_id) != source.file_id:
        raise ScenarioError([Problem(source.shown_as, 1, 1, "the name of the file is an id: no control characters")])
    try:
        return source.path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError([Problem(source.shown_as, 1, 1, f"not UTF-8 at octet {error.start}")]) from error
    except OSError as error:
        raise ScenarioError([Problem(source.shown_as, 1, 1, f"cannot be read: {error.strerror}")]) from error


def _rows(tree: MappingNode) -> Iterator[tuple[str, MappingNode, list[Problem]]]:
    cases = tree.get("cases")
    if not isinstance(cases, MappingNode) or not all(isinstance(row, MappingNode) for _, row in cases.entries):
        yield "", tree, list(unknown_names(tree, RUNTIME_NAMES))
        return
    kept = tuple((key, value) for key, value in tree.entries if key.value != "cases")
    bare = MappingNode(place=tree.place, entries=kept)
    for name, row in cases.entries:
        assert isinstance(row, MappingNode)  # noqa: S101 - seen to above
        values = {str(key.value): value for key, value in row.entries}
        problems = list(unknown_names(bare, RUNTIME_NAMES | frozenset(values)))
        problems.extend(
            row.place.problem(f"${parameter} is a parameter of every scenario: name yours otherwise")
            for parameter in sorted(set(values) & RUNTIME_NAMES)
        )
        filled = substitute(bare, values)
        assert isinstance(filled, MappingNode)  # noqa: S101 - substitute keeps the kind
        # The table itself must be valid as well; each row is checked in the file's own shape.
        checked = MappingNode(place=tree.place, entries=(*filled.entries, *_entry(tree, "cases")))
        yield str(name.value), checked, problems


def _entry(tree: MappingNode, name: str) -> Iterator[tuple[Scalar, Node]]:
    yield from ((key, value) for key, value in tree.entries if key.value == name)


def _clause_problems(tree: MappingNode, clauses: Mapping[str, Clause]) -> Iterator[Problem]:
    named = tree.get("clauses")
    level = tree.get("level")
    if named is None or not hasattr(named, "items"):
        return
    ranks = []
    for item in named.items:
        clause = clauses.get(str(plain(item)))
        if clause is None:
            yield item.place.problem(
                f"no clause {plain(item)!r} in clauses.yaml{did_you_mean(str(plain(item)), clauses)}"
            )
        else:
            ranks.append(_RANKS[clause.level])
    own = plain(level) if level is not None else None
    if level is not None and own in list(Level) and ranks and _RANKS[Level(str(own))] < max(ranks):
        weakest = list(Level)[max(ranks)]
        yield level.place.problem(f"level {own} is stronger than that of a clause it judges ({weakest})")


def _scenarios(source: Source, tree: MappingNode, row_name: str) -> Iterator[Scenario]:
    facts = plain(tree)
    assert isinstance(facts, dict)  # noqa: S101 - a MappingNode's plain value
    transports = facts.get("over", ["tcp"])
    problems: list[Problem] = []
    for over in transports:
        qualifiers = [row_name] * bool(row_name) + [over] * (len(transports) > 1)
        try:
            yield _scenario(source, tree, facts, over, ",".join(qualifiers))
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(problems)


def _scenario(source: Source, tree: MappingNode, facts: dict[str, object], over: str, qualifier: str) -> Scenario:
    carriage = CARRIAGES[over]
    server, client, given = tree.get("server"), tree.get("client"), tree.get("given")
    assert client is not None  # noqa: S101 - schema
    problems: list[Problem] = []
    script = None
    if server is not None:
        try:
            script = build_script(server, carriage, courteous=not facts.get("strict", False), name=source.file_id)
        except ScenarioError as error:
            problems.extend(error.problems)
    steps: tuple[ClientStep, ...] = ()
    try:
        steps = build_client(client, carriage)
    except ScenarioError as error:
        problems.extend(error.problems)
    if any(step.verb is Verb.OPEN and step.subject == "LMTP" for step in steps) and not carriage.lmtp:
        problems.append(client.place.problem("an LMTP client needs over: [lmtp] or over: [unix]"))
    if problems:
        raise ScenarioError(problems)
    return Scenario(
        id=f"{source.file_id}[{qualifier}]" if qualifier else source.file_id,
        file_id=source.file_id,
        path=source.shown_as,
        title=str(facts["title"]),
        clauses=tuple(map(str, _as_list(facts["clauses"]))),
        level=Level(str(facts["level"])),
        tags=frozenset(map(str, _as_list(facts.get("tags", [])))),
        over=over,
        aliases=tuple(map(str, _as_list(facts.get("aliases", [])))),
        given=tuple((str(key.value), value) for key, value in given.entries) if isinstance(given, MappingNode) else (),
        script=script,
        client=steps,
        deadline=float(str(facts.get("deadline", _DEADLINE))),
        note=str(facts.get("note", "")),
    )


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
