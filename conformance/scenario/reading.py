"""This module owns the reading of scenario files and clause catalogues by way of what is remembered of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from conformance.scenario.clauses import read_clauses
from conformance.scenario.loader import Source, load
from conformance.scenario.memory import Memory
from conformance.scenario.model import Clause, Scenario


class ScenarioReader:
    """Reads scenario files, and remembers them from one run to the next.

    Args:
        clauses: the catalogue.
    """

    def __init__(self, clauses: Mapping[str, Clause]) -> None:
        self._clauses = clauses
        self._memory: Memory[tuple[Scenario, ...]] = Memory("scenarios", read_with=sorted(clauses.items()))

    def read(self, source: Source) -> tuple[Scenario, ...]:
        """Return the scenarios of a file.

        Raises:
            ScenarioError: all mistakes of the file.
        """
        remembered = self._memory.recall(source.path, source.shown_as)
        if remembered is not None:
            return remembered
        found = load(source, self._clauses)
        self._memory.note(source.path, found, source.shown_as)
        return found

    def remember(self) -> None:
        """Keep what was read for the next run."""
        self._memory.keep()


def recall_clauses(path: Path, shown_as: str = "") -> Mapping[str, Clause]:
    """Return the clauses of a catalogue, read or remembered; arguments and errors are those of ``read_clauses``."""
    memory: Memory[Mapping[str, Clause]] = Memory("clauses")
    clauses = memory.recall(path, shown_as)
    if clauses is None:
        clauses = read_clauses(path, shown_as)
        memory.note(path, clauses, shown_as)
        memory.keep()
    return clauses
