"""The summary for a CI job's page, and the badge."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conformance.report.badge import badge_of
from conformance.report.markdown import escaped, markdown_of
from tests.conformance.report.samples import (
    CLAUSES,
    HARM,
    collected,
    failed,
    harmful,
    of_candidates,
    one_of_each,
    result,
)


def test_the_summary_says_who_conforms_at_which_level() -> None:
    text = markdown_of(collected([*one_of_each(), *of_candidates([result()], "good")]), CLAUSES)
    assert (
        "| smtplib<br><sub>smtplib 3.11.7, CPython 3.11.7, OpenSSL 3.0.15</sub> | does not conform | ❌ 2/3 |" in text
    )
    assert "| **conforms** | ✅ 1/1 |" in text
    assert "**sendmail/refused**" in text
    assert "<summary>smtplib: 3 failed</summary>" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    text = markdown_of(collected(of_candidates([*one_of_each(), harmful()], "a|b", "c\nd", HARM)), CLAUSES)
    for block in text.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1, block


def test_harmful_octets_are_no_markup() -> None:
    text = markdown_of(collected([harmful()]), CLAUSES)
    assert "<script" not in text
    assert "<img" not in text
    assert not [char for char in text if char < " " and char != "\n"]


def test_many_failures_are_bounded() -> None:
    text = markdown_of(collected([failed(f"a/{number}", title="t" * 5000) for number in range(2000)]), CLAUSES)
    assert "… and 1950 more" in text
    assert len(text.encode()) < 2**20  # what GitHub shows


def test_plain_names_stay_readable() -> None:
    assert escaped("reference_client smtplib@3.8 a.b/c[d]") == "reference_client smtplib@3.8 a.b/c&#91;d&#93;"


def test_a_conforming_candidate_has_a_green_badge() -> None:
    badge = badge_of(collected([result()]), CLAUSES)
    assert json.loads(json.dumps(badge)) == {
        "schemaVersion": 1,
        "label": "SMTP conformance",
        "message": "conforms",
        "color": "brightgreen",
    }


@pytest.mark.parametrize(
    ("passing", "failing", "colour"), [(199, 1, "yellowgreen"), (97, 3, "yellow"), (9, 1, "orange"), (1, 1, "red")]
)
def test_the_badge_of_another_tells_how_much_passed(passing: int, failing: int, colour: str) -> None:
    results = [result(f"a/{n}") for n in range(passing)] + [failed(f"b/{n}") for n in range(failing)]
    badge = badge_of(collected(results), CLAUSES)
    assert badge["message"] == f"{passing} of {passing + failing}"
    assert badge["color"] == colour


def test_the_badge_of_several_candidates_tells_how_many_conform() -> None:
    badge = badge_of(collected([*of_candidates([result()], "a", "b"), *of_candidates([failed()], "c")]), CLAUSES)
    assert badge["message"] == "2 of 3 candidates"


def test_the_badge_of_a_part_is_never_green() -> None:
    badge = badge_of(replace(collected([result()]), partial=True), CLAUSES)
    assert (badge["message"], badge["color"]) == ("conforms (in part)", "lightgrey")
