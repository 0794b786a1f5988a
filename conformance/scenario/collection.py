"""This module owns the whole corpus: all scenarios of all folders, with what is wrong between files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import scenarios
from conformance.errors import Problem, ScenarioError
from conformance.scenario.loader import find_sources
from conformance.scenario.model import Clause, Scenario
from conformance.scenario.reading import ScenarioReader, recall_clauses

SHIPPED = scenarios.ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Everything below some folders.

    Attributes:
        scenarios: all that are sound, in the order of their ids.
        clauses: the catalogue, and those of the folders.
        problems: of the files that are not sound.
    """

    scenarios: tuple[Scenario, ...]
    clauses: Mapping[str, Clause]
    problems: tuple[Problem, ...] = ()


def read_catalogue(roots: Iterable[Path]) -> dict[str, Clause]:
    """Return the shipped clause catalogue and those in the given folders (``clauses.yaml``, optional there).

    Raises:
        ScenarioError: a catalogue is broken, or two define one id.
    """
    clauses = dict(recall_clauses(SHIPPED / "clauses.yaml", "scenarios/clauses.yaml"))
    for root in roots:
        own = root / "clauses.yaml"
        if root == SHIPPED or not own.exists():
            continue
        for clause_id, clause in recall_clauses(own).items():
            if clause_id in clauses:
                raise ScenarioError(
                    [Problem(str(own), clause.line, 1, f"clause {clause_id} is in the shipped catalogue")]
                )
            clauses[clause_id] = clause
    return clauses


def read_corpus(roots: Iterable[Path] = (SHIPPED,)) -> Corpus:
    """Read all scenarios below the folders.

    Raises:
        ScenarioError: a clause catalogue is broken; broken scenarios are in ``Corpus.problems`` instead.
    """
    folders = list(roots)
    clauses = read_catalogue(folders)
    reader = ScenarioReader(clauses)
    found: list[Scenario] = []
    problems: list[Problem] = []
    for root in folders:
        if not root.is_dir():
            problems.append(Problem(str(root), 1, 1, "no such folder"))
            continue
        for source in find_sources(root):
            try:
                found.extend(reader.read(source))
            except ScenarioError as error:
                problems.extend(error.problems)
    reader.remember()
    problems.extend(_double_ids(found))
    return Corpus(scenarios=tuple(found), clauses=clauses, problems=tuple(problems))


def path_of(scenario: Scenario) -> Path:
    """Return where the file of a scenario is; the scenario itself knows what the user calls it."""
    parts = Path(scenario.path).parts
    shipped = SHIPPED.joinpath(*parts[1:])
    return shipped if parts[0] == SHIPPED.name and shipped.exists() else Path(scenario.path).resolve()


def _double_ids(found: Iterable[Scenario]) -> Iterable[Problem]:
    owners: dict[str, str] = {}
    for scenario in found:
        for name in (scenario.file_id, *scenario.aliases):
            owner = owners.setdefault(name, scenario.path)
            if owner != scenario.path:
                yield Problem(scenario.path, 1, 1, f"id {name} belongs to {owner}")
