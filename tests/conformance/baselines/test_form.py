"""A baseline file: what it says, and that its mistakes have places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.baselines.form import SHIPPED, about, read_baseline, read_baselines
from conformance.driver.answers import Identity
from conformance.errors import ScenarioError, UsageError

GOOD = """\
# A comment.
candidate:
  client: smtplib
  language: CPython 3.8
known:
  # About LMTP.
  - id: lmtp/all-refused[*]
    message: "call: sendmail"
    reason: >-
      One reply is read,
      not one for each recipient.
    link: https://bugs.python.org/issue32803

  # About breaches.
  -
    id: [lmtp/a, replies/*]
    breach: wire.one-command-at-a-time
    reason: It races.
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "baseline.yaml"
    path.write_text(text)
    return path


def test_entries_are_read_with_their_lines(tmp_path: Path) -> None:
    first, second = read_baseline(written(tmp_path, GOOD)).entries
    assert first.why == "One reply is read, not one for each recipient. (https://bugs.python.org/issue32803)"
    assert first.lines == (7, 12)
    assert [pattern.glob for pattern in second.patterns] == ["lmtp/a", "replies/*"]
    assert second.breach == "wire.one-command-at-a-time"
    assert second.lines == (15, 18)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("lmtp/all-refused[unix]", True), ("lmtp/all-refused", False), ("lmtp/all-refused[*]x", False)],
)
def test_brackets_stand_for_themselves_and_stars_for_others(tmp_path: Path, name: str, *, meant: bool) -> None:
    assert read_baseline(written(tmp_path, GOOD)).entries[0].means([name]) is meant


@pytest.mark.parametrize(
    ("language", "meant"),
    [("CPython 3.8.18", True), ("CPython 3.8", True), ("CPython 3.80.1", False), ("PyPy 3.8.1", False)],
)
def test_a_baseline_is_for_the_language_that_it_names(tmp_path: Path, language: str, *, meant: bool) -> None:
    identity = Identity(implementation="smtplib", language=language)
    assert read_baseline(written(tmp_path, GOOD)).is_for("smtplib@python", identity) is meant


def test_a_baseline_may_name_the_candidate_as_the_user_does(tmp_path: Path) -> None:
    text = "candidate: {client: 'exec:node *'}\nknown: []\n"
    identity = Identity(implementation="nodemailer", language="Node.js 20.1.0")
    assert read_baseline(written(tmp_path, text)).is_for("exec:node driver.js", identity)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("reason: It races.", "cause: It races.", ":16:5: 1: missing key 'reason'"),
        ("reason: It races.", "reason: It races.\n    cause: x", ":19:5: unknown key 'cause'"),
        ("breach: wire", "message: x\n    breach: wire", ":16:5: a known failure has either a message or a breach"),
        ('message: "call: sendmail"', 'message: ""', "an empty message would fit every failure"),
        ("link: https", "link: ftp", "does not look like"),
        ("known:", "known: [", "not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_baseline(written(tmp_path, GOOD.replace(old, new)))
    assert told in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--update-baseline writes a new one"):
        read_baselines([str(tmp_path / "none.yaml")])


def test_several_baselines_of_one_candidate_add_up_and_the_most_particular_comes_last(tmp_path: Path) -> None:
    particular = read_baseline(written(tmp_path, GOOD))
    path = tmp_path / "all.yaml"
    path.write_text("candidate: {client: smtplib}\nknown: []\n")
    general = read_baseline(path)
    identity = Identity(implementation="smtplib", language="CPython 3.8.18")
    assert about([particular, general], "smtplib", identity) == [general, particular]
    assert general.covers(particular)
    assert not particular.covers(general)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_baseline_gives_a_reason_for_each_entry(path: Path) -> None:
    for entry in read_baseline(path).entries:
        assert len(entry.reason) > 20, entry
        assert "not explained" not in entry.reason
        assert re.search(r"\bRFC \d{4} section|\b[Nn]orm lines? \d+|\bCPython\b", entry.reason), entry.reason
