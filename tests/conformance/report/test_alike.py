"""Failures that have much in common are told together, and nothing that sets one apart is lost."""

from __future__ import annotations

from typing import Any

from conformance.report.alike import grouped, lines_of_others, representative
from conformance.report.styled import unstyled
from conformance.runner.verdict import Difference, Result, Verdict, WireBreach
from tests.conformance.report.samples import failed


def case(name: str, got: str = "299", candidate: str = "smtplib", **changes: Any) -> Result:
    difference = Difference(step=f"call: {name}", line=9, expected="the return value 250", got=got)
    return failed(f"lmtp/many[{name}]", candidate=candidate, **{"differences": (difference,), **changes})


def told(*results: Result) -> list[str]:
    (group,) = grouped(results)
    return unstyled(lines_of_others(group)).splitlines()


def test_cases_of_one_file_are_a_group_in_the_order_in_which_they_come() -> None:
    groups = grouped([failed("z/alone"), case("a"), failed("a/b"), case("c")])
    assert [(group.file, len(group.members)) for group in groups] == [("z/alone", 1), ("lmtp/many", 2), ("a/b", 1)]


def test_a_failure_alone_has_no_others() -> None:
    assert told(case("a")) == []


def test_cases_that_fail_alike_are_named_once() -> None:
    assert told(case("a"), case("b"), case("c")) == [
        "also, in the same way: [b], [c]",
        "all 3: smtp-conformance run --client smtplib lmtp/many",
    ]


def test_where_another_version_raised_it_makes_no_difference() -> None:
    first, second = "OSError: no (at /a/smtplib.py:1 in quit)", "OSError: no (at /b/smtplib.py:7 in quit)"
    assert told(case("a", first), case("b", second))[0] == "also, in the same way: [b]"


def test_cases_that_fail_otherwise_tell_how() -> None:
    breach = WireBreach(clause="wire.ascii-only", message="octet \xe9 came")
    assert told(case("a"), case("b", "\x1b[31m"), case("c", breaches=(breach,))) == [
        "also [b]",
        r"    expected the return value 250, got \x1b[31m",
        "also [c]",
        "    expected the return value 250, got 299",
        r"    beside it, clause wire.ascii-only: octet \xe9 came",
        "all 3: smtp-conformance run --client smtplib lmtp/many",
    ]


def test_an_error_among_failures_tells_its_reason() -> None:
    hung = case("b", verdict=Verdict.ERROR, differences=(), reason="the candidate hung\nits stack: ...")
    assert told(case("a"), hung)[:2] == ["also [b]", "    error: the candidate hung"]


def test_candidates_that_fail_alike_are_named_with_their_cases() -> None:
    lines = told(case("a"), case("a", candidate="two"), case("b"), case("b", candidate="two"), case("b", "1", "three"))
    assert lines == [
        "also, in the same way: [a] @two; [b] @smtplib, @two",
        "also [b] @three",
        "    expected the return value 250, got 1",
        "all 2: smtp-conformance run --client smtplib lmtp/many",
    ]


def test_of_too_many_groups_the_first_of_each_clause_is_told_first() -> None:
    groups = grouped([failed(f"a/{number}") for number in range(5)] + [failed("z/rare", clauses=("lmtp.no-helo",))])
    assert [group.file for group in representative(groups, 3)] == ["a/0", "a/1", "z/rare"]
