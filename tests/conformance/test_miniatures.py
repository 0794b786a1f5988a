"""The suite judges the suite: each miniature fails exactly the scenarios of its bug, each legal variant passes all.

Every miniature meets the scenarios that it must fail, and a share of all others that its name decides; with
``--whole-corpus`` it meets them all (``nox -s miniatures``).
"""

from __future__ import annotations

import ast
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conformance.driver.candidates import Candidate, parse_candidate
from conformance.runner.judge import judge
from conformance.runner.play import Stage, play
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.collection import Corpus, read_corpus
from conformance.scenario.model import Scenario
from fake_servers import Authority

SHARE = 40
"""One in so many of the scenarios that a miniature should pass, and that take no time, is played in the usual run."""

FEW = 200
"""As many scenarios are played one after another."""

AT_ONCE = 6

UNHURRIED = 2.0
"""Times in scenarios last so much longer in a run of the whole corpus: it keeps the machine more than busy."""

TESTS = Path(__file__).parents[1]
MINIATURES = TESTS / "miniatures"


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (MINIATURES / folder).glob("[!_]*.py"))


def scenarios_failed_by(name: str, key: str = "FAILS") -> list[str]:
    """Return the ``FAILS`` (or ``MAY_FAIL``) of a miniature, without running it."""
    module = ast.parse((MINIATURES / "wrong" / f"{name}.py").read_text(encoding="utf-8"))
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == key:
            return sorted(ast.literal_eval(node.value))
    assert key != "FAILS", f"{name} does not say what it FAILS"
    return []


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return read_corpus()


@pytest.fixture(scope="session")
def stage(whole_corpus: bool) -> Iterator[Stage]:
    with Authority() as authority:
        yield Stage(authority=authority, time_factor=UNHURRIED if whole_corpus else 1.0)


def results(client: str, scenarios: Sequence[Scenario], stage: Stage) -> list[Result]:
    """Play many scenarios some at a time, each part with a process of its own: failing ones wait most of the time."""
    parts = [scenarios[number::AT_ONCE] for number in range(AT_ONCE)] if len(scenarios) > FEW else [scenarios]

    def part_of_them(part: Iterable[Scenario]) -> list[Result]:
        with Candidate(spec=parse_candidate(client, folder=TESTS)) as candidate:
            return [judge(scenario, client, play(scenario, candidate, stage)) for scenario in part]

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [result for found in threads.map(part_of_them, parts) for result in found]


def met(name: str, must_fail: Collection[str], corpus: Corpus, *, whole: bool) -> list[Scenario]:
    """Return the scenarios that a miniature meets."""
    return [
        scenario
        for scenario in corpus.scenarios
        if whole or scenario.file_id in must_fail or (not scenario.idle_seconds and _in_share(name, scenario))
    ]


def _in_share(name: str, scenario: Scenario) -> bool:
    return zlib.crc32(f"{name} {scenario.id}".encode()) % SHARE == 0


def not_passed(found: list[Result]) -> dict[str, list[Result]]:
    by_file: dict[str, list[Result]] = {}
    for result in found:
        if result.verdict is not Verdict.PASS:
            by_file.setdefault(result.id.partition("[")[0], []).append(result)
    return by_file


def explained(failed: dict[str, list[Result]]) -> str:
    return "\n".join(
        f"{result.id}: {result.reason or '; '.join(map(str, result.differences))}"
        for results_of_file in failed.values()
        for result in results_of_file
    )


@pytest.mark.parametrize("name", names("wrong"))
def test_a_bug_fails_exactly_its_scenarios(name: str, corpus: Corpus, stage: Stage, whole_corpus: bool) -> None:
    expected = scenarios_failed_by(name)
    scenarios = met(name, expected, corpus, whole=whole_corpus)
    failed = not_passed(results(f"miniatures.wrong.{name}", scenarios, stage))
    by_luck = scenarios_failed_by(name, "MAY_FAIL")
    assert [file_id for file_id in sorted(failed) if file_id not in by_luck] == expected, explained(failed)


@pytest.mark.parametrize("name", names("legal"))
def test_a_legal_variant_passes_everything(name: str, corpus: Corpus, stage: Stage, whole_corpus: bool) -> None:
    found = results(f"miniatures.legal.{name}", met(name, (), corpus, whole=whole_corpus), stage)
    assert not not_passed(found), explained(not_passed(found))
    assert not [breach for result in found for breach in result.breaches]


@pytest.mark.parametrize("path", sorted(MINIATURES.glob("*/[!_]*.py")), ids=lambda path: path.stem)
def test_a_miniature_says_what_is_wrong_or_different_with_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith('"""')
