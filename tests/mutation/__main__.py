"""This module owns the command: ``python -m tests.mutation CLIENT``. It prints the figure and the survivors.

Exits with 1 if fewer mutants are killed than asked for, or if the list of equivalent mutants is stale.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from ruamel.yaml import YAML

from conformance.runner.play import Stage
from conformance.scenario.collection import read_corpus
from conformance.scenario.model import Scenario
from fake_servers import Authority
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.trial import Record, Subject, killer_of, record, telling

HERE = Path(__file__).parent


def subject_named(name: str) -> Subject:
    """Return the files of a client: a module, or a package with all its modules."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        sys.exit(f"no client {name}")
    origin = Path(spec.origin)
    if origin.name != "__init__.py":
        return Subject(name=name, files={origin.name: origin})
    files = {f"{name}/{path.name}": path for path in sorted(origin.parent.glob("*.py"))}
    return Subject(name=name, files=files)


def bodies_of(source: str) -> list[range]:
    """Return the lines of each function, innermost last."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in nodes]


class _Worker:
    """What a process keeps from one mutant to the next."""

    subject: Subject
    known: Record
    bodies: dict[str, list[range]]
    stage: Stage
    kills: Counter[str]


_WORKER = _Worker()


def _prepare(name: str, known: Record) -> None:
    _WORKER.subject = subject_named(name)
    _WORKER.known = known
    _WORKER.bodies = {file: bodies_of(path.read_text(encoding="utf-8")) for file, path in _WORKER.subject.files.items()}
    _WORKER.stage = Stage(authority=Authority())
    _WORKER.kills = Counter()


def _try(mutant: Mutant) -> tuple[Mutant, str, int]:
    around = [body for body in _WORKER.bodies[mutant.file] if mutant.line in body]
    body = around[-1] if around else range(0)
    scenarios = telling(mutant, _WORKER.known, body, _WORKER.kills)
    killer = killer_of(mutant, _WORKER.subject, scenarios, _WORKER.stage)
    _WORKER.kills[killer] += 1
    return mutant, killer, len(scenarios)


def _chosen(subject: Subject, only: str, sample: int) -> list[Mutant]:
    mutants = [
        mutant
        for file, path in subject.files.items()
        for mutant in mutants_of(path.read_text(encoding="utf-8"), file)
        if only in mutant.key
    ]
    return random.Random(1).sample(mutants, sample) if 0 < sample < len(mutants) else mutants  # noqa: S311


def _equivalents(name: str) -> dict[str, str]:
    path = HERE / f"equivalent-{name}.yaml"
    return dict(YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}


def _trials(name: str, known: Record, mutants: Sequence[Mutant], workers: int) -> Iterator[tuple[Mutant, str, int]]:
    with ProcessPoolExecutor(workers, initializer=_prepare, initargs=(name, known)) as pool:
        yield from pool.map(_try, mutants, chunksize=4)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("client", help="reference_client or smtplib")
    parser.add_argument("--only", default="", help="mutants whose key holds this text")
    parser.add_argument(
        "--sample", type=int, default=0, metavar="N", help="so many, chosen by chance but always the same"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--at-least", type=float, default=97.0, metavar="PERCENT")
    parser.add_argument("--json", type=Path, help="write every mutant with its killer")
    options = parser.parse_args()
    subject = subject_named(options.client)
    scenarios: Sequence[Scenario] = read_corpus().scenarios
    with Authority() as authority:
        known = record(subject, scenarios, Stage(authority=authority))
    print(f"{options.client} passes {len(known.passing)} of {len(scenarios)} scenarios; these judge its mutants")
    equivalent = _equivalents(options.client)
    mutants = _chosen(subject, options.only, options.sample)
    judged = [mutant for mutant in mutants if mutant.key not in equivalent]
    began, rows, survivors = time.monotonic(), [], []
    for count, (mutant, killer, tried) in enumerate(_trials(options.client, known, judged, options.workers), 1):
        rows.append({"mutant": mutant.key, "line": mutant.line, "killer": killer})
        if not killer:
            survivors.append(mutant)
            print(f"survives {tried} scenarios: {mutant.key} (line {mutant.line})", flush=True)
        if count % 100 == 0:
            seconds = time.monotonic() - began
            print(f"{count} of {len(judged)} mutants in {seconds:.0f} s, {len(survivors)} survive", flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return _conclusion(options, mutants, judged, survivors, equivalent)


def _conclusion(
    options: argparse.Namespace,
    mutants: Sequence[Mutant],
    judged: Sequence[Mutant],
    survivors: Sequence[Mutant],
    equivalent: dict[str, str],
) -> int:
    killed = len(judged) - len(survivors)
    percent = 100 * killed / len(judged) if judged else 100.0
    print(
        f"{options.client}: {killed} of {len(judged)} mutants killed: {percent:.1f} %"
        f" ({len(mutants) - len(judged)} more are listed as equivalent)"
    )
    whole = not options.only and not options.sample
    stale = set(equivalent) - {mutant.key for mutant in mutants} if whole else set()
    for key in sorted(stale):
        print(f"stale: no such mutant any more: {key}")
    return 0 if percent >= options.at_least and not stale else 1


if __name__ == "__main__":
    sys.exit(main())
