"""The matrix: what this machine has is judged, what it lacks is named, and one table tells of all."""

from __future__ import annotations

import pytest

from conformance.errors import CandidateError
from conformance.report import matrix
from conformance.report.matrix import find_candidates, table_lines
from conformance.runner.verdict import Result, Verdict, WireBreach


def result(scenario: str, candidate: str, verdict: Verdict, *breaches: WireBreach) -> Result:
    return Result(
        id=scenario,
        candidate=candidate,
        level="documented",
        verdict=verdict,
        clauses=("a.b",),
        duration=0.1,
        title="A title",
        path="a.yaml",
        breaches=breaches,
    )


def test_a_cell_counts_what_passed_of_what_was_judged() -> None:
    old, new = "smtplib@3.8", "adapter:new"
    results = [
        result("auth/a", old, Verdict.PASS),
        result("auth/b", old, Verdict.KNOWN),
        result("lmtp/a", old, Verdict.FAIL),
        result("auth/a", new, Verdict.PASS, WireBreach(clause="wire.crlf", message="LF came")),
        result("auth/b", new, Verdict.UNSUPPORTED),
        result("lmtp/a", new, Verdict.ERROR),
    ]
    assert list(table_lines([old, new], results))[:4] == [
        "      smtplib@3.8        new",
        "auth          1/2  1/1 -1 !1",
        "lmtp       0/1 !1     0/1 !1",
        "all        1/3 !1  1/2 -1 !2",
    ]


def test_what_is_not_there_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(text: str) -> None:
        raise CandidateError(f"no interpreter for {text}\nand more of it")

    monkeypatch.setattr(matrix, "parse_candidate", nothing)
    found = {each.client: each for each in find_candidates()}
    assert not found["smtplib@3.8"].there
    assert found["smtplib@3.8"].told == "no interpreter for smtplib@3.8"
    assert found["reference_client"].there
