"""compare: what differs, both observations, grouped by clause; 0 where nothing does."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.report.changes import comparison_lines
from conformance.report.compare import Comparison, Side
from conformance.report.styled import unstyled
from conformance.runner.verdict import Difference, Result, Verdict, WireBreach
from conformance.scenario.collection import read_catalogue

WHERE = " (at /usr/lib/python3.11/smtplib.py:901 in sendmail)"


def result(
    scenario: str, verdict: Verdict = Verdict.PASS, got: str = "", clause: str = "ehlo.sends-ehlo", reason: str = ""
) -> Result:
    difference = Difference(step="call: sendmail", line=9, expected="to return {}", got=got)
    return Result(
        id=scenario,
        candidate="smtplib",
        level="documented",
        verdict=verdict,
        clauses=(clause,),
        duration=0.1,
        title=f"The title of {scenario}",
        path="a.yaml",
        differences=(difference,) if got else (),
        reason=reason,
    )


GAVE_UP = result("a/b", Verdict.FAIL, "the client closed the connection before")


def comparison(before: list[Result], after: list[Result]) -> Comparison:
    sides = [
        Side(name=name, results={each.id: each for each in results})
        for name, results in (("smtplib@3.8", before), ("smtplib@3.13", after))
    ]
    return Comparison(before=sides[0], after=sides[1])


def text(found: Comparison) -> str:
    return unstyled(comparison_lines(found, read_catalogue(())))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (result("a/b"), replace(result("a/b"), duration=9.0)),
        (
            result("a/b", Verdict.FAIL, f"None{WHERE}"),
            result("a/b", Verdict.FAIL, f"None{WHERE.replace('901', '887')}"),
        ),
        (result("a/b", Verdict.FAIL, "mail FROM:<a@b>"), result("a/b", Verdict.FAIL, "mail from:<a@b>")),
        (
            result("a/b", Verdict.FAIL, "None"),
            replace(result("a/b", Verdict.KNOWN, "None", reason="x"), own_verdict=Verdict.FAIL),
        ),
        (result("a/b"), replace(result("a/b", Verdict.FAIL, reason="unexpected pass"), own_verdict=Verdict.PASS)),
        (
            result("a/b", Verdict.ERROR, reason="the candidate hung: no answer within 3 s"),
            result("a/b", Verdict.ERROR, reason="the candidate hung: no answer within 2.9 s"),
        ),
        (
            result("a/b", Verdict.FAIL, "SSLEOFError: EOF occurred (_ssl.c:1006)"),
            result("a/b", Verdict.FAIL, "SSLEOFError: EOF occurred (_ssl.c:1129)"),
        ),
        (GAVE_UP, replace(GAVE_UP, differences=(replace(GAVE_UP.differences[0], step="data", expected="mail data"),))),
    ],
    ids=[
        "duration",
        "place",
        "case of a verb",
        "known failure",
        "unexpected pass",
        "time",
        "words",
        "where it gave up",
    ],
)
def test_what_is_another_each_time_does_not_differ(before: Result, after: Result) -> None:
    found = comparison([before], [after])
    assert found.exit_code == 0
    assert text(found) == "smtplib@3.8 → smtplib@3.13: 0 scenarios differ, 1 alike"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (result("a/b"), result("a/b", Verdict.FAIL, "None")),
        (result("a/b", Verdict.FAIL, "1"), result("a/b", Verdict.FAIL, "2")),
        (result("a/b", Verdict.FAIL, "<Al@b>"), result("a/b", Verdict.FAIL, "<al@b>")),
        (result("a/b"), result("a/b", Verdict.UNSUPPORTED, reason="there is no LMTP")),
        (result("a/b"), replace(result("a/b"), breaches=(WireBreach(clause="wire.crlf", message="LF came"),))),
        (
            result("a/b", Verdict.ERROR, reason="the candidate hung: x"),
            result("a/b", Verdict.ERROR, reason="the candidate crashed: x"),
        ),
        (result("a/b", Verdict.FAIL, "TypeError: x"), result("a/b", Verdict.FAIL, "ValueError: x")),
        (
            result("a/b", Verdict.FAIL, "SMTPDataError: (550, b'no')"),
            result("a/b", Verdict.FAIL, "SMTPDataError: (554, b'no')"),
        ),
    ],
    ids=["verdict", "observation", "case of an address", "unsupported", "breach", "trouble", "class", "reply"],
)
def test_what_was_observed_otherwise_differs(before: Result, after: Result) -> None:
    assert comparison([before], [after]).exit_code == 1


def test_both_observations_stand_one_below_the_other_by_kind_and_clause() -> None:
    found = comparison(
        [result("a/b"), result("a/c", Verdict.FAIL, "None", clause="tls.x"), result("a/d")],
        [result("a/b", Verdict.FAIL, f"None{WHERE}"), result("a/c", clause="tls.x"), result("a/d")],
    )
    clause = read_catalogue(())["ehlo.sends-ehlo"]
    assert text(found).splitlines() == [
        "smtplib@3.8 → smtplib@3.13: 2 scenarios differ (1 pass no longer, 1 pass now), 1 alike",
        "",
        "1 scenario passes no longer",
        "",
        f"clause ehlo.sends-ehlo (norm line {clause.norm}): {clause.says}",
        "  a/b: The title of a/b",
        "    at call: sendmail",
        "      expected      to return {}",
        "      smtplib@3.8   as expected",
        "      smtplib@3.13  None",
        "",
        "1 scenario passes now",
        "",
        "clause tls.x",
        "  a/c: The title of a/c",
        "    at call: sendmail",
        "      expected      to return {}",
        "      smtplib@3.8   None",
        "      smtplib@3.13  as expected",
    ]


def test_cases_that_changed_alike_are_told_once() -> None:
    cases = [replace(result(f"a/b[{case}]"), title="A title") for case in "uvwxyz"]
    failed = [replace(result(f"a/b[{case}]", Verdict.FAIL, "None"), title="A title") for case in "uvwxyz"]
    lines = text(comparison(cases, failed)).splitlines()
    assert "  a/b[u] [v] [w] [x] and 2 more: A title" in lines
    assert lines.count("      smtplib@3.13  None") == 1


def test_what_a_side_did_where_it_had_deviated_elsewhere_is_not_claimed() -> None:
    early = replace(result("a/b"), differences=(Difference(step="open: SMTP", line=1, expected="x", got="y"),))
    found = comparison([replace(early, verdict=Verdict.FAIL)], [result("a/b", Verdict.FAIL, "None")])
    lines = text(found).splitlines()
    assert lines[lines.index("    at call: sendmail") + 1 :] == [
        "      expected      to return {}",
        "      smtplib@3.13  None",
    ]


def test_a_side_that_could_not_be_judged_says_why() -> None:
    found = comparison([result("a/b")], [result("a/b", Verdict.UNSUPPORTED, reason="there is no LMTP")])
    assert "1 scenario is unsupported now" in text(found)
    assert text(found).endswith("      smtplib@3.8   pass\n      smtplib@3.13  unsupported: there is no LMTP")


def test_what_is_broken_beside_tells_what_the_other_side_did() -> None:
    broken = replace(result("a/b"), breaches=(WireBreach(clause="wire.crlf", message="LF came"),))
    assert text(comparison([broken], [result("a/b")])).endswith(
        "    beside it, clause wire.crlf\n      smtplib@3.8   LF came\n      smtplib@3.13  kept"
    )


def test_what_only_one_side_has_is_told() -> None:
    found = comparison([result("a/b"), result("a/old")], [result("a/b"), result("a/new")])
    assert found.exit_code == 1
    assert "only in smtplib@3.8\n  pass a/old: The title of a/old" in text(found)
    assert "only in smtplib@3.13\n  pass a/new: The title of a/new" in text(found)


def test_octets_of_a_candidate_cannot_speak_to_the_terminal() -> None:
    found = comparison([result("a/b")], [result("a/b", Verdict.FAIL, "\x1b[31m")])
    assert "\x1b" not in text(found)


def conformance(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "conformance", *map(str, arguments)]
    return subprocess.run(  # noqa: S603 - our own command line
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


class TestFromTheCommandLine:
    def test_two_candidates_are_judged_and_compared(self, tmp_path: Path) -> None:
        done = conformance("compare", "reference_client", "smtplib", "api/has-extn-parameters", folder=tmp_path)
        assert done.returncode == 1, done.stderr
        assert "reference_client → smtplib: 1 scenario differs (1 pass no longer), 0 alike" in done.stdout

    def test_results_are_compared_without_a_run(self, tmp_path: Path) -> None:
        for client, file in (("reference_client", "a.json"), ("smtplib", "b.json")):
            conformance("run", "--client", client, "api/has-extn-parameters", "--json", file, folder=tmp_path)
        done = conformance("compare", "a.json", "b.json", folder=tmp_path)
        assert done.returncode == 1, done.stderr
        assert done.stdout.startswith("a.json → b.json: 1 scenario differs (1 pass no longer)")

    @pytest.mark.parametrize(
        ("arguments", "code", "told"),
        [
            (["smtplib", "smtplib"], 2, "compared with itself"),
            (["none.json", "smtplib", "api"], 2, "none.json cannot be read"),
            (["nosuchclient", "smtplib", "api"], 3, "nosuchclient cannot be driven"),
        ],
    )
    def test_what_cannot_be_compared_is_told(self, tmp_path: Path, arguments: list[str], code: int, told: str) -> None:
        done = conformance("compare", *arguments, folder=tmp_path)
        assert done.returncode == code, done.stderr
        assert told in done.stderr
