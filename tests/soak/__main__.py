"""This module owns the command ``python -m tests.soak``: it plays, compares, prints a table, and exits with 1 if it
found anything.

A run is the whole corpus once. Runs are played in two ways, and both in two parts, without load and with every core
kept busy by others:

* rounds within a process that lives long: what grows there grows in every run;
* whole commands, with and without workers: what those leave behind stays on the user's machine.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Self

from conformance.report.results import read_results
from tests.soak.findings import Verdicts, growth, judged, slope_kb
from tests.soak.gauge import MARK, Gauge, processes_marked
from tests.soak.load import burning

_GIVING_BACK = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
"""Has glibc give back what is freed. By itself it keeps more and more for dozens of rounds, and nobody could tell
whether anything is lost."""
_A_RUN_WITHIN = 1800.0  # seconds; a run takes under one minute, on a machine that is busy with others some more


@dataclass(kw_only=True)
class Part:
    """One part of a soak: so many runs under the same load.

    Attributes:
        name: for the table.
        gauges: of each long-lived process, round by round.
        commands: how many whole commands were run.
        seconds: of all runs, one after another.
    """

    name: str
    gauges: list[list[Gauge]] = field(default_factory=list)
    commands: int = 0
    seconds: list[float] = field(default_factory=list)


@dataclass(kw_only=True)
class Soak:
    """A soak as it goes on."""

    client: str
    patterns: Sequence[str]
    verdicts: Verdicts = field(default_factory=Verdicts)
    findings: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    taking: threading.Lock = field(default_factory=threading.Lock)

    def play(self, name: str, *, rounds: int, commands: int, processes: int, seed: int) -> None:
        """Play one part: rounds in so many processes at once, then whole commands."""
        part = Part(name=name)
        self.parts.append(part)
        shares = [rounds // processes + (number < rounds % processes) for number in range(processes)]
        with contextlib.ExitStack() as stack:
            going = [
                stack.enter_context(_Rounds(self.client, share, seed + number, self.patterns))
                for number, share in enumerate(shares)
                if share
            ]
            names = [f"{name}, process {number + 1}" for number in range(len(going))]
            part.gauges += [[] for _ in going]
            with ThreadPoolExecutor(len(going) or 1) as readers:  # a process whose rounds nobody takes stands still
                list(readers.map(self._take_rounds, repeat(part), names, going, part.gauges))
        for number in range(commands):
            self._run_command(part, workers=2 * (number % 2))

    def found(self, findings: Iterable[str]) -> None:
        """Take findings, and tell them at once: a soak lasts for hours."""
        for finding in findings:
            self.findings.append(finding)
            print(f"FOUND {finding}", flush=True)

    def _take_rounds(self, part: Part, who: str, process: _Rounds, gauges: list[Gauge]) -> None:
        for line in process.lines():
            said = json.loads(line)
            with self.taking:
                self.found(self.verdicts.add(said["verdicts"]))
                gauge = Gauge(**said["gauge"])
                gauges.append(gauge)
                part.seconds.append(said["seconds"])
                held = f"{gauge.memory_kb // 1024} MB, its candidate {gauge.children_memory_kb // 1024} MB"
                print(f"{who}: round {len(gauges)} took {said['seconds']:.0f} s; {held}", flush=True)
        with self.taking:
            self.found(growth(who, gauges))
            self.found(f"{who}: {what}" for what in process.left_behind())

    def _run_command(self, part: Part, *, workers: int) -> None:
        part.commands += 1
        who = f"{part.name}, command {part.commands} (-n {workers})"
        began = time.monotonic()
        with _Place() as place:
            results = place.folder / "results.jsonl"
            command = [sys.executable, "-m", "conformance", "run", "-q", "--client", self.client]
            command += ["--json", str(results), "-n", str(workers), *self.patterns]
            ended = subprocess.run(  # noqa: S603 - our own command
                command, env=place.environment, capture_output=True, text=True, timeout=_A_RUN_WITHIN, check=False
            )
            part.seconds.append(time.monotonic() - began)
            if ended.returncode not in (0, 1):
                self.found([f"{who} exited with {ended.returncode}: {ended.stderr[-500:]}"])
                return
            found = read_results(results)
            if found.truncated:
                self.found([f"{who}: its results are truncated"])
            self.found(self.verdicts.add({result.id: judged(result) for result in found.results}))
            self.found(f"{who}: {what}" for what in place.left_behind())


class _Place:
    """Where a process of a soak works: a folder for temporary files of its own, and a mark to know its processes by."""

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="soak-")
        self.folder = Path(self._temporary.name)
        self.own = self.folder / "tmp"
        self.own.mkdir()
        self.mark = uuid.uuid4().hex
        self.environment = {**os.environ, **_GIVING_BACK, MARK: self.mark, "TMPDIR": str(self.own)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._temporary.cleanup()

    def left_behind(self) -> Iterator[str]:
        """Yield what is still there once the process has ended."""
        for number, command in processes_marked(self.mark).items():
            yield f"process {number} was left behind: {command}"
        for path in sorted(self.own.rglob("*")):
            yield f"{path.relative_to(self.own)} was left in the folder for temporary files"


class _Rounds(_Place):
    """A process that plays rounds."""

    def __init__(self, client: str, rounds: int, seed: int, patterns: Sequence[str]) -> None:
        super().__init__()
        command = [sys.executable, "-m", "tests.soak.rounds", "--client", client, "--rounds", str(rounds)]
        command += ["--seed", str(seed), *patterns]
        self._errors = (self.folder / "stderr").open("w+")
        self._rounds = rounds
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command, env=self.environment, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )

    def __exit__(self, *details: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._errors.close()
        super().__exit__(*details)

    def lines(self) -> Iterator[str]:
        """Yield a line for each round, as it ends."""
        assert self._process.stdout is not None
        yield from self._process.stdout

    def left_behind(self) -> Iterator[str]:
        """Yield how the process ended, if not well, and what is still there."""
        code = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read()
        if code or said:
            yield f"it ended with {code}: {said[-2000:]}"
        yield from super().left_behind()


def table(soak: Soak) -> Iterator[str]:
    """Yield the lines of what was measured."""
    heads = (
        ("rounds", 7),
        ("threads", 9),
        ("descr.", 8),
        ("childr.", 8),
        ("files", 7),
        ("objects", 9),
        ("MB", 7),
        ("KB/round", 10),
    )
    yield " " * 34 + "".join(f"{head:>{width}}" for head, width in heads)
    for part in soak.parts:
        for number, gauges in enumerate(part.gauges):
            yield from _process_lines(f"{part.name}, process {number + 1}", gauges)
        if part.seconds:
            mean = sum(part.seconds) / len(part.seconds)
            rounds = len(part.seconds) - part.commands
            yield f"{part.name}: {rounds} rounds and {part.commands} whole commands, {mean:.1f} s each"


def _process_lines(who: str, gauges: Sequence[Gauge]) -> Iterator[str]:
    if not gauges:
        return
    last = gauges[-1]
    counts = f"{last.threads:9}{last.descriptors:8}{last.children:8}{last.files:7}{last.blocks:9}"
    memory = f"{last.memory_kb / 1024:7.0f}{slope_kb(gauges, 'memory_kb'):10.1f}"
    yield f"{who:34}{len(gauges):7}{counts}{memory}"
    children = f"{last.children_memory_kb / 1024:7.0f}{slope_kb(gauges, 'children_memory_kb'):10.1f}"
    yield f"{'  its candidate':34}{'':7}{'':9}{'':8}{'':8}{'':7}{'':9}{children}"


def main() -> int:
    """Do as the command line says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="how often the whole corpus is played (default: 20)")
    parser.add_argument("--loaded-share", type=float, default=0.5, help="share of the runs under load (default: 0.5)")
    parser.add_argument("--command-share", type=float, default=0.2, help="share that are whole commands (default: 0.2)")
    parser.add_argument("--processes", type=int, default=1, help="long-lived processes at once (default: 1)")
    parser.add_argument("--burners", type=int, default=os.cpu_count() or 1, help="processes that make the load")
    parser.add_argument("--client", default="reference_client")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="decides the orders (default: the time)")
    parser.add_argument("patterns", nargs="*", help="scenarios, as for smtp-conformance run (default: all)")
    options = parser.parse_args()
    loaded = round(options.runs * options.loaded_share)
    soak = Soak(client=options.client, patterns=options.patterns)
    began = time.monotonic()
    print(f"{options.runs} runs, {loaded} of them under load; seed {options.seed}", flush=True)
    for name, runs, burners in (("idle", options.runs - loaded, 0), ("loaded", loaded, options.burners)):
        commands = round(runs * options.command_share)
        with burning(burners):
            soak.play(name, rounds=runs - commands, commands=commands, processes=options.processes, seed=options.seed)
        if soak.parts[-1].seconds:
            print(f"{name}: {soak.verdicts.runs} runs so far, {len(soak.findings)} findings", flush=True)
    soak.found(soak.verdicts.findings())
    findings = soak.findings
    for line in table(soak):
        print(line)
    scenarios = len(soak.verdicts.seen)
    print(
        f"{soak.verdicts.runs} runs of {scenarios} scenarios in {time.monotonic() - began:.0f} s: "
        f"{len(findings) or 'no'} finding{'s' * (len(findings) != 1)}"
    )
    return 1 if findings or soak.verdicts.runs < options.runs else 0


if __name__ == "__main__":
    sys.exit(main())
