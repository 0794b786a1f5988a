"""Whether a candidate conforms, and which clauses it keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.report.summary import Kept, kept_clauses, slowest, standing_of
from conformance.runner.verdict import Result, Verdict, WireBreach
from tests.conformance.report.samples import CLAUSES, failed, one_of_each, result

BREACH = WireBreach(clause="wire.ascii-only", message="an octet above 127")


def test_a_candidate_conforms_if_all_documented_and_protocol_scenarios_pass() -> None:
    standing = standing_of([result("a/1"), result("a/2", level="protocol"), failed("a/3", level="de-facto")], CLAUSES)
    assert standing.conforms
    assert [(str(level.level), level.conforms) for level in standing.levels] == [
        ("documented", True),
        ("protocol", True),
        ("de-facto", False),
    ]


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.ERROR, Verdict.UNSUPPORTED, Verdict.KNOWN])
@pytest.mark.parametrize("level", ["documented", "protocol"])
def test_nothing_but_pass_conforms(verdict: Verdict, level: str) -> None:
    assert not standing_of([result("a/1"), result("a/2", verdict=verdict, level=level)], CLAUSES).conforms


@pytest.mark.parametrize("breached", [{"breaches": (BREACH,)}, {"known_breaches": (BREACH,)}])
def test_a_rule_of_the_wire_that_was_broken_beside_a_pass_does_not_conform(breached: dict[str, object]) -> None:
    standing = standing_of([replace(result(), **breached)], CLAUSES)  # type: ignore[arg-type]
    assert not standing.conforms
    (level,) = [level for level in standing.levels if level.breached]
    assert level.level is CLAUSES["wire.ascii-only"].level
    assert not level.conforms


def test_a_candidate_of_which_nothing_binding_was_judged_does_not_conform() -> None:
    assert not standing_of([result(level="de-facto")], CLAUSES).conforms
    assert not standing_of([], CLAUSES).conforms


def test_each_scenario_is_counted_once() -> None:
    results = one_of_each()
    standing = standing_of(results, CLAUSES)
    assert standing.counts.total() == len(results) == sum(level.total for level in standing.levels)


@pytest.mark.parametrize(
    ("verdicts", "kept"),
    [
        ([Verdict.PASS, Verdict.PASS], Kept.KEPT),
        ([Verdict.PASS, Verdict.FAIL], Kept.BROKEN),
        ([Verdict.UNSUPPORTED, Verdict.ERROR], Kept.BROKEN),
        ([Verdict.PASS, Verdict.KNOWN], Kept.BROKEN),
        ([Verdict.PASS, Verdict.UNSUPPORTED], Kept.UNSUPPORTED),
    ],
)
def test_a_clause_is_kept_if_all_its_scenarios_pass(verdicts: list[Verdict], kept: Kept) -> None:
    results = [result(f"a/{number}", verdict=verdict) for number, verdict in enumerate(verdicts)]
    assert kept_clauses(results) == {"sendmail.sender-refused": kept}


def test_a_rule_of_the_wire_broken_beside_a_pass_is_a_broken_clause() -> None:
    assert kept_clauses([result(breaches=(BREACH,))])["wire.ascii-only"] is Kept.BROKEN


def test_the_slowest_come_first() -> None:
    results: list[Result] = [result(f"a/{seconds}", duration=seconds) for seconds in (1, 3, 2)]
    assert [found.id for found in slowest(results, 2)] == ["a/3", "a/2"]
