"""This module owns the command: ``python -m tests.mutation CLIENT``. It prints the figure and the survivors.

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

from conformance.runner.play import Stage
from conformance.scenario.collection import read_corpus
from conformance.scenario.model import Scenario
from tests.mutation.choice import Record
from tests.mutation.equivalent import Exemptions
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.subject import Subject, subject_named
from tests.mutation.trial import Outcome, killer_of, prepared_stage, record

_AT_ONCE = 20  # scenarios that a worker records at a time
_FORK = multiprocessing.get_context("fork")  # what was read once is there in every worker


class _Worker:
    """What a process keeps from one task to the next."""

    subject: Subject
    stage: Stage
    known: Record


def _prepare(subject: Subject, known: Record) -> None:
    _Worker.subject = subject
    _Worker.known = known
    _Worker.stage = prepared_stage()


def _record(scenarios: Sequence[Scenario]) -> list[Outcome]:
    return list(record(_Worker.subject, scenarios, _Worker.stage))


def _try(mutant: Mutant) -> tuple[Mutant, str, int]:
    scenarios = _Worker.known.telling(mutant)
    killer = killer_of(mutant, _Worker.subject, scenarios, _Worker.stage)
    _Worker.known.kills[mutant.scope, killer] += 1
    return mutant, killer, len(scenarios)


def _sound(subject: Subject, scenarios: Sequence[Scenario], workers: int) -> Record:
    parts = [scenarios[start : start + _AT_ONCE] for start in range(0, len(scenarios), _AT_ONCE)]
    with ProcessPoolExecutor(workers, _FORK, initializer=_prepare, initargs=(subject, Record())) as pool:
        return Record.of(scenarios, [outcome for part in pool.map(_record, parts) for outcome in part])


def _trials(
    subject: Subject, known: Record, mutants: Sequence[Mutant], workers: int
) -> Iterator[tuple[Mutant, str, int]]:
    with ProcessPoolExecutor(workers, _FORK, initializer=_prepare, initargs=(subject, known)) as pool:
        yield from pool.map(_try, mutants, chunksize=4)


def _chosen(subject: Subject, only: str, sample: int) -> list[Mutant]:
    mutants = [
        mutant
        for module in subject.files
        for mutant in mutants_of(subject.source(module), module)
        if only in mutant.key
    ]
    return random.Random(1).sample(mutants, sample) if 0 < sample < len(mutants) else mutants  # noqa: S311


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("client", help="reference_client or smtplib")
    parser.add_argument("--only", default="", help="mutants whose key holds this text")
    parser.add_argument(
        "--sample", type=int, default=0, metavar="N", help="so many, chosen by chance but always the same"
    )
    parser.add_argument("--also-exempt", action="store_true", help="try the mutants that are listed as equivalent, too")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--at-least", type=float, default=97.0, metavar="PERCENT")
    parser.add_argument("--again", type=Path, metavar="JSON", help="only those that survived then")
    parser.add_argument("--json", type=Path, help="write every mutant with its killer")
    return parser.parse_args()


def main() -> int:
    """Run the command."""
    options = _options()
    subject = subject_named(options.client)
    scenarios = read_corpus().scenarios
    known = _sound(subject, scenarios, options.workers)
    print(
        f"{options.client} passes {len(known.passing)} of {len(scenarios)} scenarios; these judge its mutants",
        flush=True,
    )
    exemptions = Exemptions.of(options.client)
    mutants = _chosen(subject, options.only, options.sample)
    judged = [mutant for mutant in mutants if options.also_exempt or not exemptions.reason(mutant)]
    if options.again:
        survived = {row["mutant"] for row in json.loads(options.again.read_text(encoding="utf-8")) if not row["killer"]}
        judged = [mutant for mutant in judged if mutant.key in survived]
    began, rows, survivors = time.monotonic(), [], []
    for count, (mutant, killer, tried) in enumerate(_trials(subject, known, judged, options.workers), 1):
        rows.append({"mutant": mutant.key, "line": mutant.line, "killer": killer, "tried": tried})
        if not killer:
            survivors.append(mutant)
            print(f"survives {tried} scenarios: {mutant.key} (line {mutant.line})", flush=True)
        if count % 100 == 0:
            seconds = time.monotonic() - began
            print(f"{count} of {len(judged)} mutants in {seconds:.0f} s, {len(survivors)} survive", flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    killed = len(judged) - len(survivors)
    percent = 100 * killed / len(judged) if judged else 100.0
    print(f"{options.client}: {killed} of {len(judged)} mutants killed: {percent:.1f} %")
    print(exemptions.summary(mutants))
    whole = not options.only and not options.sample
    stale = exemptions.stale(mutants) if whole else []
    for key in stale:
        print(f"stale: there is no such mutant: {key}")
    return 0 if percent >= options.at_least and not stale else 1


if __name__ == "__main__":
    sys.exit(main())
