"""This module owns what one run shares: the candidates' processes, the certificates, the catalogue, the selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from conformance.baselines.form import Baseline, choose
from conformance.driver.candidates import Candidate, parse_candidate
from conformance.runner.baseline import hold
from conformance.runner.judge import judge
from conformance.runner.play import Stage, play
from conformance.runner.verdict import Result
from conformance.scenario.cache import ScenarioReader
from conformance.scenario.collection import read_catalogue
from conformance.scenario.loader import source_of
from conformance.scenario.model import Clause, Scenario
from conformance.scenario.selection import matches, matches_file
from fake_servers import Authority


@dataclass(kw_only=True)
class RunSession:
    """One run, or one worker's part of it.

    Attributes:
        clients: the candidates as the user named them.
        roots: folders of scenarios beside the shipped ones.
        patterns: which scenarios are meant; none: all.
        levels: of these levels; none: all.
        tags: with all of these tags.
        time_factor: multiplies every time in scenarios.
        in_process: whether candidates run in this process.
        baselines: known failures, each file of the candidate that it is about.
    """

    clients: Sequence[str]
    roots: Sequence[Path] = ()
    patterns: Sequence[str] = ()
    levels: Sequence[str] = ()
    tags: Sequence[str] = ()
    time_factor: float = 1.0
    in_process: bool = False
    baselines: Sequence[Baseline] = ()

    def __post_init__(self) -> None:
        self.clauses: dict[str, Clause] = read_catalogue(self.roots)
        self._reader = ScenarioReader(self.clauses)
        self._candidates: dict[str, Candidate] = {
            text: Candidate(spec=parse_candidate(text), in_process=self.in_process) for text in self.clients
        }

    @cached_property
    def _authority(self) -> Authority:
        return Authority()

    def scenarios_of(self, path: Path, root: Path) -> list[Scenario]:
        """Return the scenarios of one file that are meant.

        Raises:
            ScenarioError: the file is broken.
        """
        return [
            scenario
            for scenario in self._reader.read(source_of(path, root))
            if (not self.patterns or any(matches(scenario, pattern) for pattern in self.patterns))
            and (not self.levels or scenario.level in self.levels)
            and scenario.tags >= set(self.tags)
        ]

    def may_mean(self, path: Path, root: Path) -> bool:
        """Tell whether a file that cannot be read may hold scenarios that are meant."""
        return not self.patterns or any(
            pattern in self.clauses or matches_file(source_of(path, root), pattern) for pattern in self.patterns
        )

    def run(self, scenario: Scenario, client: str) -> Result:
        """Play a scenario against a candidate and judge it.

        Raises:
            CandidateError: the candidate cannot be started.
            HarnessError: the machine or the suite failed.
        """
        stage = Stage(authority=self._authority, time_factor=self.time_factor)
        candidate = self._candidates[client]
        result = judge(scenario, client, play(scenario, candidate, stage))
        baseline = choose(self.baselines, client, candidate.identity)
        return hold(result, (scenario.id, *scenario.aliases), baseline) if baseline else result

    def close(self) -> None:
        """Stop all processes, remove the certificates, remember what was read."""
        self._reader.remember()
        for candidate in self._candidates.values():
            candidate.end()
        if "_authority" in self.__dict__:
            self._authority.close()
