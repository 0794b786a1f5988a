"""The words that explain a failure: all that is needed, bounded, and harmless whatever a candidate sent."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.report.failure import (
    dialogue_lines,
    failure_lines,
    failure_text,
    first_words,
    headline,
    printable,
    rerun_command,
)
from conformance.report.styled import Style, unstyled
from conformance.runner.verdict import Difference, Line
from tests.conformance.report.samples import CLAUSES, failed, harmful, one_of_each, result


def test_a_failure_tells_duty_difference_dialogue_and_command() -> None:
    text = failure_text(failed(), CLAUSES)
    for told in (
        "sendmail/refused: A refused sender raises SMTPSenderRefused",
        "clause sendmail.sender-refused (norm line",
        "at call: sendmail (scenarios/sendmail/refused.yaml:9)",
        "expected: the return value 250",
        "got:      the return value 299",
        "      S: 220 ready",
        "    > C: ehlo [127.0.0.1]",
        "again: smtp-conformance run --client smtplib sendmail/refused",
    ):
        assert told in text


def test_only_printable_characters_are_shown() -> None:
    text = failure_text(harmful(), CLAUSES)
    assert not [char for char in text if not (" " <= char <= "~" or char in "\n…")]
    assert r"\x1b[31m" in text
    assert r"\x00" in text


@pytest.mark.parametrize(
    ("text", "shown"), [("a\\b", r"a\\b"), ("\r\n\t", r"\r\n\t"), ("\x1b\x9b", r"\x1b\x9b"), ("é\udc80", r"\xe9\udc80")]
)
def test_what_is_not_printable_is_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("found", one_of_each(), ids=lambda found: found.id)
def test_a_headline_is_one_line(found: object) -> None:
    assert "\n" not in headline(found)  # type: ignore[arg-type]


def test_what_differs_first_is_told_first_and_how_much_more_there_is() -> None:
    two = Difference(step="a", line=1, expected="b", got="c"), Difference(step="d", line=1, expected="e", got="f")
    assert first_words(failed(differences=two)) == "a: expected b, got c (+1 more)"


def test_an_empty_line_is_told_in_a_word() -> None:
    empty = Difference(step="C", line=1, expected="", got="x")
    assert first_words(failed(differences=(empty,))) == "C: expected (nothing), got x"
    assert "expected: (nothing)\n" in failure_text(failed(differences=(empty,)), CLAUSES)


def test_under_a_heading_id_and_candidate_are_not_told_again() -> None:
    first, second, *_ = unstyled(failure_lines(failed(), CLAUSES, named=True)).splitlines()
    assert first == "A refused sender raises SMTPSenderRefused"
    assert second.startswith("clause sendmail.sender-refused")


def test_what_differs_between_expected_and_got_is_marked() -> None:
    styles = [span for spans in failure_lines(failed(), CLAUSES) for span in spans]
    assert ("250", Style.EXPECTED_ONLY) in styles
    assert ("299", Style.GOT_ONLY) in styles


@pytest.mark.parametrize(
    ("candidate", "scenario_id", "command"),
    [
        ("reference_client", "a/b", "smtp-conformance run a/b"),
        ("smtplib@3.8", "a/b[x,tls]", "smtp-conformance run --client smtplib@3.8 'a/b[x,tls]'"),
        ("exec:node d.js", "a/b", "smtp-conformance run --client 'exec:node d.js' a/b"),
    ],
)
def test_the_command_to_run_it_again_can_be_pasted(candidate: str, scenario_id: str, command: str) -> None:
    assert rerun_command(result(scenario_id, candidate=candidate)) == command


def lines_of(*events: Line, whole: bool = False, **changes: Any) -> list[str]:
    return unstyled(dialogue_lines(failed(dialogue=events, **changes), whole=whole)).splitlines()


def test_a_long_dialogue_is_shown_around_what_differs() -> None:
    events = [Line(connection=0, at=0, kind="C", text=f"NOOP {number}\r\n") for number in range(300)]
    difference = Difference(step="x", line=1, expected="", got="", event=150)
    shown = lines_of(*events, differences=(difference,))
    assert len(shown) < 60
    assert "    > C: NOOP 150" in shown
    assert "      … 125 lines more" in shown
    assert len(lines_of(*events, differences=(difference,), whole=True)) == 300


def test_a_flood_in_which_every_line_differs_is_bounded() -> None:
    events = [Line(connection=0, at=0, kind="C", text="x\r\n") for _ in range(300)]
    differences = tuple(Difference(step="x", line=1, expected="", got="", event=number) for number in range(300))
    assert len(lines_of(*events, differences=differences)) < 100


def test_a_long_line_tells_how_much_longer_it_is() -> None:
    (shown,) = lines_of(Line(connection=0, at=0, kind="C", text="x" * 1000))
    assert shown.endswith("… (840 characters more)")


def test_octets_that_were_left_out_of_the_result_are_told() -> None:
    assert lines_of(Line(connection=0, at=0, kind="C", text="x", cut=98))[1] == "      C: … and 98 octets more"


def test_line_ends_other_than_crlf_show_and_end_a_line_only_where_the_wire_does() -> None:
    shown = lines_of(Line(connection=0, at=0, kind="C", text="a\r\nb\nc\rd\x0be\x85f"))
    assert shown == ["      C: a", r"      C: b\n", r"      C: c\rd\x0be\x85f"]


def test_several_connections_are_numbered() -> None:
    shown = lines_of(*(Line(connection=number, at=0, kind="C", text="a") for number in range(2)))
    assert shown == ["      [1] C: a", "      [2] C: a"]
