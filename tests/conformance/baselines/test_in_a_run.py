"""Baselines from the command line and from pytest: exit codes, and what is said."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.driver.answers import Identity
from conformance.errors import ExitCode, UsageError
from conformance.report.baselining import RunBaselines, Selected
from conformance.runner.verdict import Difference, Result, Verdict

Run = Callable[..., subprocess.CompletedProcess[str]]

GOOD = """\
title: A server that greets and offers nothing is understood
clauses: [ehlo.sends-ehlo]
level: documented
server:
  - hello: []
client:
  - open: SMTP
  - call: ehlo
    returns: [250, !type bytes]
"""
KNOWN = "call: ehlo: expected the return value[0] 299, got 250"
SMTPLIB = Identity(implementation="smtplib", language="CPython 3.8.18")


def baseline(folder: Path, scenario: str, message: str = KNOWN, client: str = "smtplib") -> Path:
    path = folder / "baseline.yaml"
    entry = f'  - id: {scenario}\n    message: "{message}"\n    reason: It is known.\n'
    path.write_text(f"candidate: {{client: {client}}}\nknown:\n{entry}")
    return path


@pytest.fixture
def run(tmp_path: Path) -> Run:
    folder = tmp_path / "own" / "mine"
    folder.mkdir(parents=True)
    (folder / "good.yaml").write_text(GOOD)
    (folder / "failing.yaml").write_text(GOOD.replace("[250,", "[299,"))

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "conformance", "run", "--client", "smtplib", "--scenarios", "own", "mine"]
        return subprocess.run(  # noqa: S603 - our own command line
            [*command, *map(str, arguments)], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def test_a_known_failure_does_not_fail_the_run(run: Run, tmp_path: Path) -> None:
    done = run("--baseline", baseline(tmp_path, "mine/failing"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It is known." not in done.stderr


def test_an_unexpected_pass_fails_the_run(run: Run, tmp_path: Path) -> None:
    done = run("--baseline", baseline(tmp_path, "mine/*"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "unexpected pass: " in done.stdout
    assert "baseline.yaml:3 lists it as a known failure (It is known.)" in done.stdout


def test_another_message_fails_the_run(run: Run, tmp_path: Path) -> None:
    done = run("--baseline", baseline(tmp_path, "mine/failing", "call: ehlo: expected 12"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "it fails in another way than" in done.stdout


def test_a_stale_pattern_fails_the_run(run: Run, tmp_path: Path) -> None:
    done = run("--baseline", baseline(tmp_path, "mine/gone"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "baseline.yaml:3:9: mine/gone means no scenario that was run" in done.stdout


def test_what_was_not_selected_is_not_stale(run: Run, tmp_path: Path) -> None:
    done = run("--level", "documented", "--baseline", baseline(tmp_path, "lmtp/gone"))
    assert "stale" not in done.stdout


def test_the_first_failure_that_is_not_known_ends_a_run(run: Run, tmp_path: Path) -> None:
    done = run("-x", "--baseline", baseline(tmp_path, "mine/failing"))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--update-baseline", "--baseline", "new.yaml"], "needs a whole run"),
        (["--baseline", "none.yaml"], "none.yaml cannot be read"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_played(run: Run, arguments: list[str], told: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert told in done.stderr


def test_a_baseline_of_another_candidate_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("--baseline", baseline(tmp_path, "mine/failing", client="other"))
    assert done.returncode == 2
    assert "is about other, and none of the candidates is that: smtplib (smtplib 3." in done.stderr


@pytest.mark.usefixtures("run")  # which writes the scenarios
def test_with_pytest_a_known_failure_is_an_expected_one(tmp_path: Path) -> None:
    path = baseline(tmp_path, "mine/failing")
    options = ["--smtp-client", "smtplib", "--smtp-scenarios", "own", "--smtp-baseline", str(path)]
    command = [sys.executable, "-m", "pytest", "-rx", "-p", "conformance.pytest_plugin", *options, "own"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(  # noqa: S603 - pytest on our own scenarios
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 1 xfailed" in done.stdout
    assert "It is known." in done.stdout


# -- the end of a whole run


def result(scenario: str, *held: str, verdict: Verdict = Verdict.FAIL, reason: str = "") -> Result:
    difference = Difference(step="call: ehlo", line=9, expected="1", got="2")
    return Result(
        id=scenario,
        candidate="smtplib@3.8",
        level="documented",
        verdict=verdict,
        clauses=("ehlo.sends-ehlo",),
        duration=0.1,
        title="A title",
        path="a.yaml",
        differences=(difference,) if verdict is Verdict.FAIL else (),
        reason=reason,
        baseline=held,
    )


WHOLE = Selected(patterns=(), narrowed=False, exitfirst=False, updating=False)
UPDATING = Selected(patterns=(), narrowed=False, exitfirst=False, updating=True)


def test_a_new_baseline_is_written_into_the_folder_and_named_for_its_candidate(tmp_path: Path) -> None:
    baselines = RunBaselines.of([str(tmp_path)], {"smtplib@3.8": SMTPLIB}, updating=True)
    said, code = baselines.finish([result("a/b"), result("a/c", verdict=Verdict.PASS)], ExitCode.FAILED, UPDATING, {})
    assert (code, len(said)) == (ExitCode.OK, 1)
    text = (tmp_path / "smtplib-cpython-3.8.yaml").read_text()
    assert "language: CPython 3.8\n" in text
    assert '  - id: a/b\n    message: "call: ehlo: expected 1, got 2"\n' in text


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([result("a/b")], ExitCode.USAGE),
        ([result("a/b")], 130),
        (
            [
                result(
                    "a/b", verdict=Verdict.ERROR, reason="the fake server failed, which is no fault of the candidate's:"
                )
            ],
            1,
        ),
    ],
)
def test_a_run_that_was_cut_short_writes_nothing(tmp_path: Path, results: list[Result], code: int) -> None:
    baselines = RunBaselines.of([str(tmp_path / "b.yaml")], {"smtplib@3.8": SMTPLIB}, updating=True)
    with pytest.raises(UsageError, match="no baseline was written"):
        baselines.finish(results, code, UPDATING, {})
    assert list(tmp_path.iterdir()) == []


def test_a_pattern_that_a_whole_run_does_not_use_is_stale(tmp_path: Path) -> None:
    path = baseline(tmp_path, "a/*")
    baselines = RunBaselines.of([str(path)], {"smtplib@3.8": SMTPLIB}, updating=False)
    said, code = baselines.finish([result("a/b", f"{path}:3:9")], ExitCode.OK, WHOLE, {})
    assert (said, code) == ([], ExitCode.OK)
    said, code = baselines.finish([result("b/b")], ExitCode.OK, WHOLE, {})
    assert code == ExitCode.FAILED
    assert f"stale: {path}:3:9: a/* means no scenario" in said[0]


def test_each_of_several_candidates_has_its_own(tmp_path: Path) -> None:
    for version in ("3.8", "3.9"):
        (tmp_path / f"{version}.yaml").write_text(
            f"candidate: {{client: smtplib, language: CPython {version}}}\nknown: []\n"
        )
    later = Identity(implementation="smtplib", language="CPython 3.9.18")
    found = RunBaselines.of([str(tmp_path)], {"smtplib@3.8": SMTPLIB, "smtplib@3.9": later}, updating=False).by_client
    assert {client: [each.path.stem for each in of_client] for client, of_client in found.items()} == {
        "smtplib@3.8": ["3.8"],
        "smtplib@3.9": ["3.9"],
    }


def test_the_baseline_of_a_version_comes_behind_that_of_all(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text("candidate: {client: smtplib}\nknown: []\n")
    (tmp_path / "3.8.yaml").write_text("candidate: {client: smtplib, language: CPython 3.8}\nknown: []\n")
    found = RunBaselines.of([str(tmp_path)], {"smtplib@3.8": SMTPLIB}, updating=False)
    assert [each.path.stem for each in found.by_client["smtplib@3.8"]] == ["all", "3.8"]


def test_a_version_without_a_baseline_of_its_own_gets_one(tmp_path: Path) -> None:
    shared = "candidate: {client: smtplib}\nknown: []\n"
    (tmp_path / "all.yaml").write_text(shared)
    (tmp_path / "3.9.yaml").write_text("candidate: {client: smtplib, language: CPython 3.9}\nknown: []\n")
    baselines = RunBaselines.of([str(tmp_path)], {"smtplib@3.8": SMTPLIB}, updating=True)
    baselines.finish([result("a/b")], ExitCode.FAILED, UPDATING, {})
    assert "  - id: a/b\n" in (tmp_path / "smtplib-cpython-3.8.yaml").read_text()
    assert (tmp_path / "all.yaml").read_text() == shared


def test_other_files_beside_a_baseline_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    baselines = RunBaselines.of([str(tmp_path / "b.yaml")], {"smtplib@3.8": SMTPLIB}, updating=True)
    assert baselines.finish([result("a/b")], ExitCode.FAILED, UPDATING, {})[1] == ExitCode.OK


def test_a_reason_is_never_taken_from_another_client(tmp_path: Path) -> None:
    baseline(tmp_path, "a/b", "call: ehlo", client="other")
    baselines = RunBaselines.of([str(tmp_path)], {"smtplib@3.8": SMTPLIB}, updating=True)
    baselines.finish([result("a/b")], ExitCode.FAILED, UPDATING, {})
    assert "It is known." not in (tmp_path / "smtplib-cpython-3.8.yaml").read_text()
