"""This module owns the trial of one mutant: which scenarios can tell it apart, and whether one does."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

from conformance.driver.candidates import Candidate, parse_candidate
from conformance.driver.trouble import CandidateTroubleError
from conformance.errors import CandidateError
from conformance.runner.judge import judge
from conformance.runner.play import Stage, play
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.model import Scenario
from tests.mutation.mutants import Mutant

_LONGEST = 3.0  # seconds; a mutant that hangs is seen soon enough
_START_WITHIN = 10.0


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The client that is broken.

    Attributes:
        name: as ``--client`` takes it.
        files: its source files, by the name below the folder that it is imported from.
    """

    name: str
    files: Mapping[str, Path]

    def with_mutant(self, mutant: Mutant, folder: Path) -> None:
        """Write the client with the change into a folder."""
        for name, path in self.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if name == mutant.file:
                target.write_text(mutant.source, encoding="utf-8")
            else:
                shutil.copyfile(path, target)


@dataclass(kw_only=True)
class Record:
    """What the sound client does: its verdicts, and which lines each scenario runs.

    Attributes:
        passing: the scenarios that the sound client passes, by id.
        lines: file and line of all that a scenario runs, by the scenario's id.
        seconds: how long each scenario takes.
    """

    passing: dict[str, Scenario] = field(default_factory=dict)
    lines: dict[str, frozenset[tuple[str, int]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def record(subject: Subject, scenarios: Sequence[Scenario], stage: Stage) -> Record:
    """Play all scenarios with the sound client in this process, and note which lines they run."""
    names = {str(path.resolve()): name for name, path in subject.files.items()}
    seen: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        name = names.get(frame.f_code.co_filename)
        if name is None:
            return None
        if event == "line":
            seen.add((name, frame.f_lineno))
        return trace

    found = Record()
    threading.settrace(trace)
    sys.settrace(trace)
    try:
        with Candidate(spec=parse_candidate(subject.name), in_process=True) as candidate:
            for scenario in scenarios:
                seen.clear()
                result = played(scenario, candidate, stage)
                if result.verdict is Verdict.PASS and not result.breaches:
                    found.passing[scenario.id] = scenario
                    found.lines[scenario.id] = frozenset(seen)
                    found.seconds[scenario.id] = result.duration
    finally:
        threading.settrace(None)
        sys.settrace(None)
    return found


def played(scenario: Scenario, candidate: Candidate, stage: Stage) -> Result:
    """Return the verdict on one scenario, with a short deadline."""
    short = replace(scenario, deadline=min(scenario.deadline, _LONGEST))
    return judge(short, str(candidate), play(short, candidate, stage))


def telling(mutant: Mutant, known: Record, body: range, kills: Counter[str]) -> list[Scenario]:
    """Return the scenarios that may tell a mutant apart, the likeliest and quickest first."""
    if not mutant.scope or mutant.line not in body or len(body) == 1:
        chosen = list(known.passing)
    else:
        within = {(mutant.file, line) for line in body}
        chosen = [scenario_id for scenario_id, lines in known.lines.items() if lines & within]
    here = (mutant.file, mutant.line)

    def rank(scenario_id: str) -> tuple[bool, int, float]:
        return here not in known.lines[scenario_id], -kills[scenario_id], known.seconds[scenario_id]

    return [known.passing[scenario_id] for scenario_id in sorted(chosen, key=rank)]


def killer_of(mutant: Mutant, subject: Subject, scenarios: Sequence[Scenario], stage: Stage) -> str:
    """Return the id of the first scenario that fails on a mutant; empty if it survives them all."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        folder = Path(name)
        subject.with_mutant(mutant, folder)
        spec = parse_candidate(subject.name, folder=folder)
        try:
            with Candidate(spec=spec, start_within=_START_WITHIN) as candidate:
                for scenario in scenarios:
                    result = played(scenario, candidate, stage)
                    if result.verdict is not Verdict.PASS or result.breaches:
                        return scenario.id
        except (CandidateError, CandidateTroubleError):
            return "(it cannot even be imported)"
    return ""
