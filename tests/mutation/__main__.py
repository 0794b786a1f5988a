"""This module owns the command: ``python -m tests.mutation CLIENT…``. It prints the figures and the survivors.

Exits with 1 if fewer mutants are killed than asked for, or if the list of equivalent mutants is stale.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TextIO

from conformance.runner.play import Stage
from conformance.scenario.collection import read_corpus
from conformance.scenario.model import Scenario
from tests.mutation.choice import Record
from tests.mutation.equivalent import Exemptions
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.subject import Subject, subject_named
from tests.mutation.trial import Outcome, killer_of, prepared_stage, record

_AT_ONCE = 20  # scenarios that a worker records at a time
_BESIDE = 4  # recorders per core: many scenarios wait
_FORK = multiprocessing.get_context("fork")  # what was read once is there in every worker


class _Worker:
    """What a process keeps from one task to the next."""

    subject: Subject
    stage: Stage
    known: Record


def _prepare(subject: Subject, known: Record, stage: Stage) -> None:
    _Worker.subject = subject
    _Worker.known = known
    _Worker.stage = stage


def _record(scenarios: Sequence[Scenario]) -> list[Outcome]:
    return list(record(_Worker.subject, scenarios, _Worker.stage))


def _try(mutant: Mutant) -> tuple[Mutant, str, int]:
    scenarios = _Worker.known.telling(mutant)
    killer = killer_of(mutant, _Worker.subject, scenarios, _Worker.stage)
    _Worker.known.kills[mutant.scope, killer] += 1
    return mutant, killer, len(scenarios)


def _pool(workers: int, subject: Subject, known: Record, stage: Stage) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, _FORK, initializer=_prepare, initargs=(subject, known, stage))


def _sound(subject: Subject, scenarios: Sequence[Scenario], stage: Stage, workers: int) -> Record:
    outcomes: list[Outcome] = []
    with _pool(workers * _BESIDE, subject, Record(), stage) as pool:
        for _ in range(2):  # what a busy machine let fail once counts if it passes then
            passed = {outcome.scenario_id for outcome in outcomes if outcome.passed}
            left = [scenario for scenario in scenarios if scenario.id not in passed]
            parts = [left[start : start + _AT_ONCE] for start in range(0, len(left), _AT_ONCE)]
            outcomes += [outcome for part in pool.map(_record, parts) for outcome in part]
    return Record.of(scenarios, outcomes)


def _trials(
    subject: Subject, known: Record, mutants: Sequence[Mutant], stage: Stage, workers: int
) -> Iterator[tuple[Mutant, str, int]]:
    with _pool(workers, subject, known, stage) as pool:
        yield from pool.map(_try, mutants, chunksize=4)


def _chosen(subject: Subject, only: Sequence[str], sample: int) -> list[Mutant]:
    mutants = [
        mutant
        for module in subject.files
        for mutant in mutants_of(subject.source(module), module)
        if any(text in mutant.key for text in only)
    ]
    return random.Random(1).sample(mutants, sample) if 0 < sample < len(mutants) else mutants  # noqa: S311


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("clients", nargs="+", metavar="CLIENT", help="smtplib or reference_client")
    parser.add_argument("--only", nargs="*", metavar="TEXT", help="mutants whose key holds one of these texts")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="so many, by chance but always the same")
    parser.add_argument("--also-exempt", action="store_true", help="try the mutants that are listed as equivalent, too")
    parser.add_argument("--again", type=_survived, metavar="FILE", help="only those that survived in what --log wrote")
    parser.add_argument("--log", type=Path, metavar="FILE", help="write a line of JSON for every mutant: its killer")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--at-least", type=float, default=97.0, metavar="PERCENT")
    return parser.parse_args()


def _survived(path: str) -> set[str]:
    """Return the mutants that survived a run of which this is the log."""
    rows = map(json.loads, Path(path).read_text(encoding="utf-8").splitlines())
    return {row["mutant"] for row in rows if not row["killer"]}


def _judged(client: str, mutants: Sequence[Mutant], options: argparse.Namespace) -> list[Mutant]:
    exemptions = Exemptions.of(client)
    judged = [mutant for mutant in mutants if options.also_exempt or not exemptions.reason(mutant)]
    return [mutant for mutant in judged if options.again is None or mutant.key in options.again]


def _survivors(
    client: str, scenarios: Sequence[Scenario], judged: Sequence[Mutant], options: argparse.Namespace, log: TextIO
) -> list[Mutant]:
    subject, stage = subject_named(client), prepared_stage()
    known = _sound(subject, scenarios, stage, options.workers)
    print(f"{client} passes {len(known.passing)} of {len(scenarios)} scenarios; these judge its mutants", flush=True)
    began, survivors = time.monotonic(), []
    for count, (mutant, killer, tried) in enumerate(_trials(subject, known, judged, stage, options.workers), 1):
        row = {"mutant": mutant.key, "line": mutant.line, "killer": killer, "tried": tried}
        print(json.dumps(row), file=log, flush=True)
        if not killer:
            survivors.append(mutant)
        if count % 100 == 0:
            seconds = time.monotonic() - began
            print(f"{count} of {len(judged)} mutants in {seconds:.0f} s, {len(survivors)} survive", flush=True)
    return survivors


def _is_good_enough(client: str, scenarios: Sequence[Scenario], options: argparse.Namespace, log: TextIO) -> bool:
    """Try the mutants of a client and print the figure and the survivors."""
    mutants = _chosen(subject_named(client), options.only or [""], options.sample)
    judged = _judged(client, mutants, options)
    survivors = _survivors(client, scenarios, judged, options, log)
    exemptions = Exemptions.of(client)
    stale = [] if options.only or options.sample else exemptions.stale(mutants)
    percent = 100 * (1 - len(survivors) / len(judged)) if judged else 100.0
    print(f"{client}: {len(judged) - len(survivors)} of {len(judged)} mutants killed: {percent:.1f} %")
    print(f"  {exemptions.summary(mutants)}")
    for mutant in survivors:
        print(f"  survives: {mutant.key} (line {mutant.line})")
    for key in stale:
        print(f"  stale: there is no such mutant: {key}")
    return percent >= options.at_least and not stale


def main() -> int:
    """Run the command."""
    options = _options()
    scenarios = read_corpus().scenarios
    with (options.log or Path(os.devnull)).open("w", encoding="utf-8") as log:
        good = [_is_good_enough(client, scenarios, options, log) for client in options.clients]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
