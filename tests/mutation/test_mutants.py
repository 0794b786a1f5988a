"""Mutants are what they are said to be: one change each, no two alike, none that only a type checker sees."""

from __future__ import annotations

import ast
import sys

import pytest

from conformance.scenario.collection import read_corpus
from tests.mutation.choice import Record
from tests.mutation.equivalent import Exemptions
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.subject import subject_named
from tests.mutation.trial import killer_of, prepared_stage, record

SOURCE = '''"""A module."""
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT = 3


def greet(names: "Sequence[str]", *, loud: bool = False) -> str:
    """Greet."""
    if not names and not loud:
        raise ValueError("nobody")
    return ", ".join(names) + "!" * LIMIT


if __name__ == "__main__":
    print(greet(["you"]))
'''


def mutants() -> list[Mutant]:
    return list(mutants_of(SOURCE, "greeting"))


def test_each_mutant_is_a_module_of_its_own() -> None:
    trees = [ast.dump(ast.parse(mutant.source)) for mutant in mutants()]
    assert len({ast.dump(ast.parse(SOURCE)), *trees}) == len(trees) + 1


def test_no_two_mutants_have_one_name() -> None:
    keys = [mutant.key for mutant in mutants()]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    "key",
    [
        "greeting: (module): 3 -> 4",
        "greeting: greet: False -> True",
        "greeting: greet: if not names and (not loud) -> if False",
        "greeting: greet: without not loud: not names and (not loud)",
        "greeting: greet: delete raise ValueError('nobody')",
        "greeting: greet: calculate otherwise: '!' * LIMIT",
        "greeting: (as a program): delete print(greet(['you']))",
    ],
)
def test_a_point_of_the_syntax_tree_has_its_mutant(key: str) -> None:
    assert key in [mutant.key for mutant in mutants()]


def test_what_nobody_can_observe_has_none() -> None:
    assert not [mutant for mutant in mutants() if "TYPE_CHECKING" in mutant.change or "A module" in mutant.change]


def test_a_mutant_of_a_body_knows_the_lines_that_must_be_run_to_tell_it_and_others_know_none() -> None:
    lines = {mutant.change: set(mutant.lines) for mutant in mutants()}
    assert lines["'nobody' -> ''"] == {12}
    assert lines["3 -> 4"] == lines["False -> True"] == set()


def test_the_text_of_an_exception_is_known_as_such() -> None:
    texts = {mutant.change: mutant.text_of for mutant in mutants()}
    assert texts["'nobody' -> ''"] == {"raise", "ValueError"}
    assert not texts["3 -> 4"]


def test_a_mutant_is_killed_by_the_scenario_that_is_about_it_and_by_no_other() -> None:
    subject = subject_named("reference_client")
    module = "reference_client._session"
    found = mutants_of(subject.source(module), module)
    mutant = next(each for each in found if each.key == f"{module}: Session.noop: 'NOOP' -> 'NOOPX'")
    chosen = [each for each in read_corpus().scenarios if each.file_id in {"low_level/noop", "low_level/help"}]
    stage = prepared_stage()
    known = Record.of(chosen, record(subject, chosen, stage))
    assert [scenario.file_id for scenario in known.telling(mutant)] == ["low_level/noop"]
    assert killer_of(mutant, subject, chosen, stage) == "low_level/noop"
    assert killer_of(mutant, subject, [each for each in chosen if each.file_id != "low_level/noop"], stage) == ""


@pytest.mark.parametrize("client", ["reference_client", *(["smtplib"] if sys.version_info[:2] == (3, 11) else [])])
def test_every_mutant_that_is_listed_as_equivalent_is_there(client: str) -> None:
    subject = subject_named(client)
    found = [mutant for module in subject.files for mutant in mutants_of(subject.source(module), module)]
    assert Exemptions.of(client).stale(found) == []
