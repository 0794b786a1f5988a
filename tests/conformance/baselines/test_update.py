"""--update-baseline: what still holds stays as it stands, with its comments; the rest is written anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.baselines.form import Baseline, read_baseline
from conformance.baselines.update import Seen, new_text, update

TEXT = """\
# Mine.
candidate:
  client: smtplib
known:
  # Why this is so: it is old.
  - id: b/one[*]
    message: "call: x: expected 1"
    reason: Because.   # a remark

  # The second.
  - id: d/two
    message: "call: y: expected 2"
    reason: >-
      For
      reasons.
    link: https://bugs.python.org/issue1
  # The end.
"""


@pytest.fixture
def baseline(tmp_path: Path) -> Baseline:
    path = tmp_path / "b.yaml"
    path.write_text(TEXT)
    return read_baseline(path)


def seen(scenario: str, message: str = "", *, baseline: Baseline, breaches: Sequence[str] = ()) -> Seen:
    held = tuple(pattern.place for pattern in baseline.patterns() if pattern.means([scenario]))
    return Seen(
        id=scenario,
        held=held,
        message=f"{message} (at a.py:1)" if message else "",
        lasting=message,
        breaches=tuple(breaches),
        duty=f"The duty of {scenario.partition('[')[0]}",
        duties=dict.fromkeys(breaches, "The duty of the wire"),
    )


ONE, TWO = "call: x: expected 1, got 2", "call: y: expected 2, got 3"


def updated(baseline: Baseline, *results: tuple[str, str]) -> str:
    return update(baseline, [seen(scenario, message, baseline=baseline) for scenario, message in results]).text


def test_nothing_changes_where_all_holds(baseline: Baseline) -> None:
    assert updated(baseline, ("b/one[a]", ONE), ("b/one[b]", ONE), ("d/two", TWO), ("e/passes", "")) == TEXT


def test_what_fails_no_longer_is_taken_out_and_comments_stay(baseline: Baseline) -> None:
    assert updated(baseline, ("b/one[a]", ONE), ("d/two", "")) == TEXT[: TEXT.index("  - id: d/two")] + "  # The end.\n"


def test_what_fails_otherwise_keeps_its_reason_and_link_in_its_place(baseline: Baseline) -> None:
    text = updated(baseline, ("b/one[a]", ONE), ("d/two", "call: y: expected 9, got 0"))
    entry = text[text.index("  - id: d/two") : text.index("  # The end.")]
    assert entry.splitlines() == [
        "  - id: d/two",
        '    message: "call: y: expected 9, got 0"',
        "    reason: >-",
        "      For reasons.",
        "    link: https://bugs.python.org/issue1",
    ]


def test_a_pattern_that_no_longer_means_all_is_written_out(baseline: Baseline) -> None:
    text = updated(baseline, ("b/one[a]", ONE), ("b/one[b]", ""), ("b/one[c]", ONE), ("d/two", TWO))
    assert "  - id:\n      - b/one[a]\n      - b/one[c]\n" in text
    assert "      Because.\n" in text


def test_a_new_failure_is_put_in_order_with_its_duty_as_reason(baseline: Baseline) -> None:
    text = updated(
        baseline, ("b/one[a]", ONE), ("c/new[tcp]", "call: z: expected 1, got 2"), ("c/new[tls]", ""), ("d/two", TWO)
    )
    assert text.index("b/one") < text.index("  - id: c/new[tcp]\n") < text.index("# The second.")
    assert "      The duty of c/new\n" in text


def test_cases_that_all_fail_alike_are_one_pattern(baseline: Baseline) -> None:
    alike = "call: z: expected 1, got "
    text = updated(baseline, ("c/new[a]", f"{alike}2 here"), ("c/new[b]", f"{alike}2 there"), ("d/two", TWO))
    assert f'  - id: c/new[*]\n    message: "{alike}2"' in text


def test_cases_that_fail_each_in_its_way_are_entries_of_their_own(baseline: Baseline) -> None:
    text = updated(baseline, ("c/new[a]", "step 1: expected 1, got 2"), ("c/new[b]", "step 2: expected 1, got 2"))
    assert "  - id: c/new[a]\n" in text
    assert "  - id: c/new[b]\n" in text


def test_a_breach_is_listed_by_its_clause(baseline: Baseline) -> None:
    text = update(baseline, [seen("c/x", baseline=baseline, breaches=["wire.crlf"])]).text
    assert "  - id: c/x\n    breach: wire.crlf\n    reason: >-\n      The duty of the wire\n" in text


def test_a_reason_is_taken_from_the_baseline_of_another_version(baseline: Baseline, tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    path.write_text(new_text("smtplib", "CPython 3.14"))
    empty = read_baseline(path)
    text = update(empty, [seen("d/two", TWO, baseline=empty)], others=[baseline]).text
    assert "      For reasons.\n    link: https://bugs.python.org/issue1\n" in text


def test_what_is_written_is_read_again_and_holds(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    path.write_text(new_text("smtplib", ""))
    empty = read_baseline(path)
    odd = "call: \"a\" 'b': expected \\x00 # no comment, got {x: [y]}"
    path.write_text(update(empty, [seen("d/two[a,tcp]", odd, baseline=empty)]).text)
    written = read_baseline(path)
    assert written.entries[0].messages == (odd,)
    again = update(written, [seen("d/two[a,tcp]", odd, baseline=written)])
    assert (again.text, again.added, again.removed) == (written.text, 0, 0)


def test_an_empty_baseline_stays_a_list(baseline: Baseline, tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text(updated(baseline, ("d/two", "")))
    assert read_baseline(path).entries == ()
