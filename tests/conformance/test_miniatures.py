"""The suite judges the suite: each miniature fails exactly the scenarios of its bug, each legal variant passes all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.driver.candidates import Candidate, parse_candidate
from conformance.runner.judge import judge
from conformance.runner.play import Stage, play
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.collection import Corpus, read_corpus
from fake_servers import Authority

TESTS = Path(__file__).parents[1]
MINIATURES = TESTS / "miniatures"


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (MINIATURES / folder).glob("[!_]*.py"))


def scenarios_failed_by(name: str) -> list[str]:
    """Return the ``FAILS`` of a miniature, without running it."""
    module = ast.parse((MINIATURES / "wrong" / f"{name}.py").read_text(encoding="utf-8"))
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FAILS":
            return sorted(ast.literal_eval(node.value))
    raise AssertionError(f"{name} does not say what it FAILS")


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return read_corpus()


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with Authority() as authority:
        yield Stage(authority=authority)


def results(client: str, corpus: Corpus, stage: Stage) -> list[Result]:
    with Candidate(spec=parse_candidate(client, folder=TESTS)) as candidate:
        return [judge(scenario, client, play(scenario, candidate, stage)) for scenario in corpus.scenarios]


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
def test_a_bug_fails_exactly_its_scenarios(name: str, corpus: Corpus, stage: Stage) -> None:
    failed = not_passed(results(f"miniatures.wrong.{name}", corpus, stage))
    assert sorted(failed) == scenarios_failed_by(name), explained(failed)


@pytest.mark.parametrize("name", names("legal"))
def test_a_legal_variant_passes_everything(name: str, corpus: Corpus, stage: Stage) -> None:
    found = results(f"miniatures.legal.{name}", corpus, stage)
    assert not not_passed(found), explained(not_passed(found))
    assert not [breach for result in found for breach in result.breaches]


@pytest.mark.parametrize("path", sorted(MINIATURES.glob("*/[!_]*.py")), ids=lambda path: path.stem)
def test_a_miniature_says_what_is_wrong_or_different_with_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith('"""')
