"""This module owns rounds within one process: ``python -m tests.soak.rounds`` plays the corpus again and again.

It is started by ``tests.soak``; each line that it writes is one round. Every round has an order of its own, so that a
scenario which leans on the one before it shows.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path

from conformance.errors import SuiteError
from conformance.runner.ahead import in_order_of_turns
from conformance.runner.session import RunSession
from conformance.scenario.collection import read_corpus
from conformance.scenario.model import Scenario
from conformance.scenario.selection import select
from tests.soak.findings import judged
from tests.soak.gauge import measure


def main() -> None:
    """Play rounds and write one line of JSON for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.rounds")
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--client", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("patterns", nargs="*")
    options = parser.parse_args()
    play_rounds(options.rounds, options.client, options.seed, options.patterns)


def play_rounds(rounds: int, client: str, seed: int, patterns: Sequence[str]) -> None:
    """Play the corpus so often, each time in another order."""
    order = random.Random(seed)  # noqa: S311 - an order, no secret
    scenarios = list(select(read_corpus().scenarios, patterns) if patterns else read_corpus().scenarios)
    temporary = Path(tempfile.gettempdir())
    session = RunSession(clients=[client])
    try:
        _start_all_candidates(session, scenarios, client)
        for _ in range(rounds):
            scenarios = _in_another_order(scenarios, order)
            began = time.monotonic()
            session.play_ahead([(scenario, client) for scenario in scenarios])
            verdicts = {}
            for scenario in scenarios:
                try:
                    verdicts[scenario.id] = judged(session.run(scenario, client))
                except SuiteError as error:
                    verdicts[scenario.id] = [f"{type(error).__name__}", str(error)]
            seconds = time.monotonic() - began
            gc.collect()  # what waits for the collector has not grown
            gauge = measure(temporary).to_json()
            sys.stdout.write(json.dumps({"verdicts": verdicts, "gauge": gauge, "seconds": seconds}) + "\n")
            sys.stdout.flush()
    finally:
        session.close()


def _in_another_order(scenarios: Sequence[Scenario], order: random.Random) -> list[Scenario]:
    """Shuffle them, as far as that does not have the round stand still for those that wait."""
    shuffled = order.sample(scenarios, len(scenarios))
    waiting = [scenario for scenario in shuffled if scenario.idle_seconds]
    others = [scenario for scenario in shuffled if not scenario.idle_seconds]
    return in_order_of_turns(waiting, others, seconds=attrgetter("idle_seconds"), queues=1)


def _start_all_candidates(session: RunSession, scenarios: Sequence[Scenario], client: str) -> None:
    """Play only what waits: as many candidates at once as ever, so that none which comes later counts as growth."""
    waiting = [scenario for scenario in scenarios if scenario.idle_seconds]
    session.play_ahead([(scenario, client) for scenario in waiting])
    for scenario in waiting:
        with contextlib.suppress(SuiteError):
            session.run(scenario, client)


if __name__ == "__main__":
    main()
