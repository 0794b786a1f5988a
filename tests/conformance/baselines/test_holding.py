"""A listed failure must come about, and as it is listed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.baselines.form import Baseline, read_baseline
from conformance.runner.baseline import hold, lasting_message_of
from conformance.runner.judge import FAKE_SERVER_FAILED
from conformance.runner.verdict import Difference, Result, Verdict, WireBreach

RACE = WireBreach(clause="wire.one-command-at-a-time", message="NOOP came too early")


@pytest.fixture
def baseline(tmp_path: Path) -> Baseline:
    path = tmp_path / "b.yaml"
    path.write_text(
        "candidate: {client: smtplib}\n"
        "known:\n"
        "  - id: lmtp/*\n"
        '    message: "call: sendmail: expected to return {}"\n'
        "    reason: It reads one reply.\n"
        "  - id: replies/stray\n"
        "    breach: wire.one-command-at-a-time\n"
        "    reason: It races.\n"
    )
    return read_baseline(path)


def result(scenario: str, verdict: Verdict, got: str = "None", expected: str = "to return {}") -> Result:
    difference = Difference(step="call: sendmail", line=9, expected=expected, got=got)
    return Result(
        id=scenario,
        candidate="smtplib",
        level="protocol",
        verdict=verdict,
        clauses=("lmtp.one-reply",),
        duration=0.1,
        title="A title",
        path="a.yaml",
        differences=(difference,) if verdict is Verdict.FAIL else (),
        reason="the candidate hung: no answer within 3 s" if verdict is Verdict.ERROR else "",
    )


def test_a_failure_as_listed_is_known(baseline: Baseline) -> None:
    held = hold(result("lmtp/a", Verdict.FAIL), ["lmtp/a"], [baseline])
    assert (held.verdict, held.reason, held.own_verdict) == (Verdict.KNOWN, "It reads one reply.", Verdict.FAIL)
    assert held.differences, "what happened is still told"


def test_a_failure_may_be_listed_in_several_ways(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    entry = '  - id: lmtp/a\n    message: ["data: ", "call: sendmail"]\n    reason: Why.\n'
    path.write_text(f"candidate: {{client: smtplib}}\nknown:\n{entry}")
    assert hold(result("lmtp/a", Verdict.FAIL), ["lmtp/a"], [read_baseline(path)]).verdict is Verdict.KNOWN


def test_a_failure_that_is_not_listed_stays(baseline: Baseline) -> None:
    before = result("sendmail/a", Verdict.FAIL)
    assert hold(before, ["sendmail/a"], [baseline]) == before


def test_a_failure_in_another_way_fails_and_says_so(baseline: Baseline) -> None:
    held = hold(result("lmtp/a", Verdict.FAIL, expected="an exception"), ["lmtp/a"], [baseline])
    assert held.verdict is Verdict.FAIL
    assert held.reason.startswith("it fails in another way than ")
    assert "b.yaml:3 lists" in held.reason


def test_an_error_in_another_way_stays_an_error_and_keeps_what_is_known(baseline: Baseline) -> None:
    held = hold(result("lmtp/a", Verdict.ERROR), ["lmtp/a"], [baseline])
    assert held.verdict is Verdict.ERROR
    assert held.reason.endswith("the candidate hung: no answer within 3 s")


@pytest.mark.parametrize(
    ("verdict", "told"),
    [(Verdict.PASS, "unexpected pass: "), (Verdict.UNSUPPORTED, "unexpected verdict unsupported: ")],
)
def test_what_no_longer_fails_fails_the_run(baseline: Baseline, verdict: Verdict, told: str) -> None:
    held = hold(result("lmtp/a", verdict), ["lmtp/a"], [baseline])
    assert (held.verdict, held.own_verdict) == (Verdict.FAIL, verdict)
    assert held.reason.startswith(told)


def test_a_scenario_is_meant_by_its_former_id_too(baseline: Baseline) -> None:
    held = hold(result("mail/a", Verdict.FAIL), ["mail/a", "lmtp/old"], [baseline])
    assert held.verdict is Verdict.KNOWN


def test_a_failure_of_the_fake_server_is_never_known(baseline: Baseline) -> None:
    before = replace(result("lmtp/a", Verdict.ERROR), reason=f"{FAKE_SERVER_FAILED}\nKeyError")
    assert hold(before, ["lmtp/a"], [baseline]) == before


def test_a_listed_breach_is_set_apart(baseline: Baseline) -> None:
    before = replace(result("replies/stray", Verdict.PASS), breaches=(RACE, replace(RACE, clause="wire.crlf")))
    held = hold(before, ["replies/stray"], [baseline])
    assert held.verdict is Verdict.PASS
    assert held.known_breaches == (RACE,)
    assert [breach.clause for breach in held.breaches] == ["wire.crlf"]


def test_a_listed_breach_must_come_about(baseline: Baseline) -> None:
    held = hold(result("replies/stray", Verdict.PASS), ["replies/stray"], [baseline])
    assert held.verdict is Verdict.FAIL
    assert held.reason.startswith("wire.one-command-at-a-time was kept: ")


def test_what_several_baselines_list_adds_up(baseline: Baseline, tmp_path: Path) -> None:
    more = tmp_path / "more.yaml"
    more.write_text(
        "candidate: {client: smtplib}\nknown:\n"
        "  - {id: replies/stray, message: 'call: sendmail: expected to return', reason: It goes on.}\n"
    )
    before = replace(result("replies/stray", Verdict.FAIL), breaches=(RACE,))
    held = hold(before, ["replies/stray"], [baseline, read_baseline(more)])
    assert (held.verdict, held.reason, held.breaches) == (Verdict.KNOWN, "It goes on.", ())


def test_a_held_result_survives_its_json(baseline: Baseline) -> None:
    held = hold(replace(result("lmtp/a", Verdict.FAIL), breaches=(RACE,)), ["lmtp/a"], [baseline])
    assert Result.from_json(held.to_json()) == held


@pytest.mark.parametrize(
    ("got", "lasting"),
    [
        ("SMTPDataError: (550, b'no') (at smtplib.py:9 in data)", "SMTPDataError"),
        ("a return: (250, b'Ok') (at smtplib.py:9 in data)", "a return: (250, b'Ok')"),
        ("EHLO my-machine.example.org", "EHLO"),
        ("helo [127.0.0.1]", "helo"),
        ("'127.0.0.1:45231' came", ""),
        ("it was sent", "it was sent"),
    ],
)
def test_what_is_another_the_next_time_is_not_part_of_a_message(got: str, lasting: str) -> None:
    found = lasting_message_of(result("a/b", Verdict.FAIL, got=got))
    assert found == f"call: sendmail: expected to return {{}}, got {lasting}".rstrip()
