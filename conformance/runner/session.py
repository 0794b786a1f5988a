"""This module owns what one run shares: the candidates' processes, the certificates, the catalogue, the selection."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.baselines.form import Baseline, about
from conformance.driver.candidates import Candidate, parse_candidate
from conformance.driver.trouble import CandidateTroubleError
from conformance.errors import HarnessError, SuiteError
from conformance.runner.ahead import PlayedAhead
from conformance.runner.baseline import hold
from conformance.runner.judge import judge
from conformance.runner.play import Stage, play
from conformance.runner.verdict import Result
from conformance.scenario.collection import read_catalogue
from conformance.scenario.loader import Source
from conformance.scenario.model import Clause, Scenario
from conformance.scenario.reading import ScenarioReader
from conformance.scenario.selection import matches, matches_file
from fake_servers import Authority


@dataclass(kw_only=True)
class RunSession:
    """One run, or one worker's part of it. Several threads may play scenarios, each with a process of its own.

    Attributes:
        clients: the candidates as the user named them.
        roots: folders of scenarios beside the shipped ones.
        patterns: which scenarios are meant; none: all.
        levels: of these levels; none: all.
        tags: with all of these tags.
        time_factor: multiplies every time in scenarios.
        in_process: whether candidates run in this process.
        brief: whether results of what passes come without their dialogue.
        baselines: known failures, each file of the candidates that it is about.
    """

    clients: Sequence[str]
    roots: Sequence[Path] = ()
    patterns: Sequence[str] = ()
    levels: Sequence[str] = ()
    tags: Sequence[str] = ()
    time_factor: float = 1.0
    in_process: bool = False
    brief: bool = False
    baselines: Sequence[Baseline] = ()

    def __post_init__(self) -> None:
        self.clauses: dict[str, Clause] = read_catalogue(self.roots)
        self._reader = ScenarioReader(self.clauses)
        self._authority = Authority()
        self._candidates: dict[str, list[Candidate]] = {text: [self._new_candidate(text)] for text in self.clients}
        self._idle: dict[str, list[Candidate]] = {text: list(there) for text, there in self._candidates.items()}
        self._lending = threading.Lock()
        self._starting = threading.Lock()
        self._ended = False
        self._first_start: threading.Thread | None = None
        self._ahead: PlayedAhead[tuple[str, str], Result] | None = None

    def _new_candidate(self, client: str) -> Candidate:
        ca_file = self._authority.ca_file
        return Candidate(spec=parse_candidate(client), in_process=self.in_process, ca_file=ca_file)

    @contextlib.contextmanager
    def _candidate(self, client: str) -> Iterator[Candidate]:
        """Lend a candidate that nobody else plays with; the one that was busy last comes first."""
        if self._first_start:
            self._first_start.join()
        with self._lending:
            if self._idle[client]:
                candidate = self._idle[client].pop()
            else:
                candidate = self._new_candidate(client)
                self._candidates[client].append(candidate)
        try:
            if not candidate.is_ready:
                self._start(candidate)
            if self._ended:
                raise HarnessError("the run has ended")
            yield candidate
        finally:
            with self._lending:
                self._idle[client].append(candidate)

    def _start(self, candidate: Candidate) -> None:
        """Start one after the other: many at a time would keep those waiting that are played already."""
        with self._starting, contextlib.suppress(CandidateTroubleError):  # what is wrong, the scenario will tell
            if not self._ended:
                candidate.channel()

    def start_first(self) -> None:
        """Have the first candidate started beside what is done until something is played; once only."""
        if self._first_start is None and not self.in_process:
            (candidate,) = self._candidates[self.clients[0]]
            self._first_start = threading.Thread(target=self._start_quietly, args=(candidate,))
            self._first_start.start()

    def _start_quietly(self, candidate: Candidate) -> None:
        with contextlib.suppress(SuiteError):  # who plays with it meets that again, and tells
            self._start(candidate)

    def scenarios_in(self, source: Source) -> list[Scenario]:
        """Return the scenarios of one file that are meant.

        Raises:
            ScenarioError: the file is broken.
        """
        return [
            scenario
            for scenario in self._reader.read(source)
            if (not self.patterns or any(matches(scenario, pattern) for pattern in self.patterns))
            and (not self.levels or scenario.level in self.levels)
            and scenario.tags >= set(self.tags)
        ]

    def may_mean(self, source: Source) -> bool:
        """Tell whether a file that cannot be read may hold scenarios that are meant."""
        return not self.patterns or any(
            pattern in self.clauses or matches_file(source, pattern) for pattern in self.patterns
        )

    def play_ahead(self, plays: Sequence[tuple[Scenario, str]], *, queues: int = 1) -> None:
        """Have those of these plays that wait for time to pass begun before it is their turn; asked again, of others.

        Args:
            plays: scenarios and candidates, in the order in which ``run`` will be asked for them.
            queues: how many workers are asked, each for one of so many equal parts.
        """
        if self._ahead:
            self._ahead.close(lambda: None)
        if self.in_process:  # there is one process only
            return
        known = {(scenario.id, client): (scenario, client) for scenario, client in plays}
        waiting = {key for key, (scenario, _) in known.items() if scenario.idle_seconds}
        self._ahead = PlayedAhead(list(known), waiting, lambda key: self._play(*known[key]), queues=queues)

    def run(self, scenario: Scenario, client: str) -> Result:
        """Play a scenario against a candidate and judge it.

        Raises:
            CandidateError: the candidate cannot be started.
            HarnessError: the machine or the suite failed.
        """
        turn = (scenario.id, client)
        if self._ahead and self._ahead.knows(turn):
            return self._ahead.outcome_of(turn)
        result = self._play(scenario, client)
        if self._ahead:  # behind the play: the first verdict of a run must not wait for other processes to start
            self._ahead.begin_from(turn)
        return result

    def _play(self, scenario: Scenario, client: str) -> Result:
        stage = Stage(authority=self._authority, time_factor=self.time_factor)
        with self._candidate(client) as candidate:
            result = judge(scenario, client, play(scenario, candidate, stage), brief=self.brief)
            identity = candidate.identity
        return hold(result, (scenario.id, *scenario.aliases), about(self.baselines, client, identity))

    def _interrupt(self) -> None:
        """Let every play that goes on in a thread end: what it would come to, nobody asks any more."""
        self._ended = True
        with self._lending:
            idle = {id(candidate) for there in self._idle.values() for candidate in there}
        for candidate in self._all_candidates():
            if id(candidate) not in idle:
                candidate.interrupt()

    def _all_candidates(self) -> list[Candidate]:
        with self._lending:
            return [candidate for there in self._candidates.values() for candidate in there]

    def close(self) -> None:
        """Stop all processes, remove the certificates, remember what was read."""
        self._reader.remember()
        if self._first_start:
            self._first_start.join()
        if self._ahead:
            self._ahead.close(self._interrupt)
        for candidate in self._all_candidates():
            candidate.end()
        self._authority.close()
