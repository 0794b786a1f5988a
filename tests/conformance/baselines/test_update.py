"""--update-baseline: what still holds stays as it stands, with its comments; the rest is written anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.baselines.form import Baseline, read_baseline
from conformance.baselines.update import Judged, Seen, Update, new_text, update

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


def seen(scenario: str, message: str = "", *baselines: Baseline, breaches: Sequence[str] = ()) -> Seen:
    patterns = [pattern for baseline in baselines for pattern in baseline.patterns()]
    held = tuple(pattern.place for pattern in patterns if pattern.means([scenario]))
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


def judged(*baselines: Baseline, results: Sequence[tuple[str, str]]) -> Judged:
    return Judged(baselines=baselines, seen=[seen(scenario, message, *baselines) for scenario, message in results])


def updated(baseline: Baseline, *results: tuple[str, str]) -> str:
    (done,) = update([judged(baseline, results=results)])
    return done.text


def test_nothing_changes_where_all_holds(baseline: Baseline) -> None:
    assert updated(baseline, ("b/one[a]", ONE), ("b/one[b]", ONE), ("d/two", TWO), ("e/passes", "")) == TEXT


def test_what_fails_no_longer_is_taken_out_and_comments_stay(baseline: Baseline) -> None:
    assert updated(baseline, ("b/one[a]", ONE), ("d/two", "")) == TEXT[: TEXT.index("  - id: d/two")] + "  # The end.\n"


def test_what_fails_otherwise_gets_another_message_and_keeps_the_rest(baseline: Baseline) -> None:
    other = "call: y: expected 9, got 0"
    text = updated(baseline, ("b/one[a]", ONE), ("d/two", other))
    assert text == TEXT.replace('"call: y: expected 2"', f'"{other}"')


def test_what_fails_in_a_second_way_gets_a_second_message(baseline: Baseline) -> None:
    other = "call: x: expected 9, got 0"
    text = updated(baseline, ("b/one[a]", ONE), ("b/one[b]", other), ("d/two", TWO))
    ways = '    message:\n      - "call: x: expected 1"\n      - "call: x: expected 9, got 0"\n'
    assert text == TEXT.replace('    message: "call: x: expected 1"\n', ways)


def test_the_ways_that_a_failure_has_by_chance_stay(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text(TEXT.replace('message: "call: y: expected 2"', 'message: ["call: y: expected 2", "data: late"]'))
    text = updated(read_baseline(path), ("b/one[a]", ONE), ("d/two", TWO))
    assert text == path.read_text()


def test_a_pattern_that_no_longer_means_all_is_written_out(baseline: Baseline) -> None:
    text = updated(baseline, ("b/one[a]", ONE), ("b/one[b]", ""), ("b/one[c]", ONE), ("d/two", TWO))
    assert text == TEXT.replace("  - id: b/one[*]\n", "  - id:\n      - b/one[a]\n      - b/one[c]\n")


def test_an_entry_whose_keys_share_a_line_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text("candidate: {client: smtplib}\nknown:\n  - {id: [a/b, a/c], message: x, reason: Why.}\n  # End.\n")
    text = updated(read_baseline(path), ("a/b", ""), ("a/c", "x, got y"))
    lines = ["  - id: a/c", '    message: "x"', "    reason: >-", "      Why.", "  # End.", ""]
    assert text.partition("known:\n")[2] == "\n".join(lines)


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
    (done,) = update([Judged(baselines=[baseline], seen=[seen("c/x", "", baseline, breaches=["wire.crlf"])])])
    text = done.text
    assert "  - id: c/x\n    breach: wire.crlf\n    reason: >-\n      The duty of the wire\n" in text


def test_a_reason_is_taken_from_the_baseline_of_another_version(baseline: Baseline, tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    path.write_text(new_text("smtplib", "CPython 3.14"))
    empty = read_baseline(path)
    (done,) = update([judged(empty, results=[("d/two", TWO)])], beside=[baseline])
    text = done.text
    assert "      For reasons.\n    link: https://bugs.python.org/issue1\n" in text


def test_what_is_written_is_read_again_and_holds(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    path.write_text(new_text("smtplib", ""))
    empty = read_baseline(path)
    odd = "call: \"a\" 'b': expected \\x00 # no comment, got {x: [y]}"
    path.write_text(updated(empty, ("d/two[a,tcp]", odd)))
    written = read_baseline(path)
    assert written.entries[0].messages == (odd,)
    (again,) = update([judged(written, results=[("d/two[a,tcp]", odd)])])
    assert (again.text, again.added, again.removed, again.changed) == (written.text, 0, 0, 0)


def test_an_empty_baseline_stays_a_list(baseline: Baseline, tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text(updated(baseline, ("d/two", "")))
    assert read_baseline(path).entries == ()


# -- one baseline for several candidates


def of(folder: Path, name: str, language: str, *entries: str) -> Baseline:
    """A baseline of smtplib; an entry is an id that fails as ONE does."""
    path = folder / name
    path.write_text(new_text("smtplib", language).replace("known: []", "known:" if entries else "known: []"))
    with path.open("a") as file:
        file.writelines(f'  - id: {id_}\n    message: "call: x"\n    reason: Why.\n' for id_ in entries)
    return read_baseline(path)


def run_of_both(folder: Path, *entries: str, old: dict[str, str], new: dict[str, str]) -> dict[str, Update]:
    """Two candidates that have the file all.yaml in common, which has these entries, and one of their own."""
    shared = of(folder, "all.yaml", "", *entries)
    runs = [
        judged(shared, of(folder, f"{language}.yaml", f"CPython {language}"), results=list(results.items()))
        for language, results in (("3.8", old), ("3.9", new))
    ]
    return {done.baseline.path.stem: done for done in update(runs)}


def test_what_fails_alike_for_all_is_listed_once(tmp_path: Path) -> None:
    done = run_of_both(tmp_path, old={"a/b": ONE, "a/c": ONE}, new={"a/b": ONE, "a/c": ""})
    assert (done["all"].added, done["3.8"].added, done["3.9"].added) == (1, 1, 0)
    assert "  - id: a/b\n" in done["all"].text
    assert "  - id: a/c\n" in done["3.8"].text


def test_what_some_of_them_do_no_longer_goes_to_the_others_with_its_reason(tmp_path: Path) -> None:
    done = run_of_both(tmp_path, "a/*", old={"a/b": ONE, "a/c": ONE}, new={"a/b": ONE, "a/c": ""})
    assert "  - id: a/b\n" in done["all"].text
    assert "a/c" not in done["all"].text
    assert "  - id: a/c\n" in done["3.8"].text
    assert "      Why.\n" in done["3.8"].text
    assert "known: []\n" in done["3.9"].text


def test_a_shared_one_stays_as_it_is_where_one_of_its_candidates_is_not_judged(tmp_path: Path) -> None:
    shared, own = of(tmp_path, "all.yaml", "", "a/b"), of(tmp_path, "3.8.yaml", "CPython 3.8")
    absent = of(tmp_path, "3.9.yaml", "CPython 3.9")
    (done,) = update([judged(shared, own, results=[("a/b", ""), ("a/c", ONE)])], beside=[absent])
    assert done.baseline == own
    assert "  - id: a/c\n" in done.text
