"""Scenarios as tests of pytest: what pytest's own options do with them is what its users expect."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.pytest_program import PYTEST

PASSING = """\
title: A server that greets and offers nothing is understood
clauses: [ehlo.sends-ehlo]
level: documented
cases:
  one: {offers: []}
  two: {offers: [NOOP]}
server:
  - hello: $offers
client:
  - open: SMTP
  - call: ehlo
    returns: [250, !type bytes]
"""
FAILING = PASSING.replace("[250,", "[299,").replace("level: documented", "level: documented\ntags: [slow]")
BREACHING_CLIENT = """\
from smtplib import *
import smtplib

class SMTP(smtplib.SMTP):
    def putcmd(self, cmd, args=""):
        self.send(f"{cmd} {args}".encode().rstrip() + b"\\n" if cmd == "ehlo" else f"{cmd} {args}\\r\\n")
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    (folder / "mine").mkdir(parents=True)
    (folder / "mine" / "passing.yaml").write_text(PASSING)
    (folder / "mine" / "failing.yaml").write_text(FAILING)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return folder


@pytest.fixture
def run(tmp_path: Path, folder: Path) -> Run:
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        given = list(map(str, arguments))
        command = [*PYTEST, "-p", "no:randomly", "--smtp-scenarios", str(folder), *given]
        return subprocess.run(  # noqa: S603 - pytest
            command,
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_ids_can_be_read_and_selected_as_paths(run: Run) -> None:
    listed = run("own", "--collect-only", "-q").stdout.splitlines()
    assert listed[:4] == [
        "own/mine/failing.yaml::mine/failing[one]",
        "own/mine/failing.yaml::mine/failing[two]",
        "own/mine/passing.yaml::mine/passing[one]",
        "own/mine/passing.yaml::mine/passing[two]",
    ]
    assert "1 passed" in run(listed[3]).stdout
    assert "2 passed" in run("own/mine/passing.yaml").stdout


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("passing", 2),
        ("mine/passing[two]", 1),
        ("slow", 2),
        ("failing and two", 1),
        ("ehlo.sends-ehlo", 4),
        ("documented", 4),
    ],
)
def test_k_selects_by_id_tag_level_and_clause(run: Run, expression: str, count: int) -> None:
    listed = run("own", "--collect-only", "-q", "-k", expression).stdout.splitlines()
    assert len([line for line in listed if "::" in line]) == count


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_a_failure_looks_like_that_of_a_run_and_its_summary_tells_the_difference(run: Run, workers: list[str]) -> None:
    done = run("own", "-k", "failing and one", *workers)
    assert done.returncode == 1
    for told in (
        "clause ehlo.sends-ehlo (norm line",
        "    expected: the return value[0] 299\n    got:      250\n",
        "      S: 250 ",
        "again: smtp-conformance run 'mine/failing[one]'",
        "FAILED own/mine/failing.yaml::mine/failing[one] - call: ehlo: expected the return value[0] 299, got 250",
    ):
        assert told in done.stdout
    assert "Traceback" not in done.stdout
    assert "pytest_plugin.py" not in done.stdout


def test_junitxml_has_ids_messages_and_candidates(run: Run, tmp_path: Path) -> None:
    run("own", "--junitxml", "junit.xml")
    root = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 - pytest's
    names = {case.attrib["name"]: case for case in root.iter("testcase")}
    assert set(names) == {f"mine/{file}[{case}]" for file in ("passing", "failing") for case in ("one", "two")}
    failure = names["mine/failing[one]"].find("failure")
    assert failure is not None
    assert failure.attrib["message"].startswith("call: ehlo: expected the return value[0] 299, got 250")
    properties = {item.attrib["name"]: item.attrib["value"] for item in names["mine/passing[one]"].iter("property")}
    assert properties == {"candidate": "reference_client", "level": "documented"}


def test_x_stops_at_the_first_failure(run: Run) -> None:
    assert "1 failed in" in run("own", "-x").stdout


def test_lf_runs_what_failed_last(run: Run) -> None:
    assert "2 failed, 2 passed" in run("own").stdout
    again = run("own", "--lf").stdout
    assert "2 failed in" in again
    assert "rerun previous 2 failures" in again


def test_n_gives_the_same_verdicts(run: Run) -> None:
    assert "2 failed, 2 passed" in run("own", "-n", "2").stdout


def test_brief_leaves_nothing_out_of_a_failure(run: Run) -> None:
    assert "C: EHLO" in run("own", "--smtp-brief").stdout


def test_several_candidates_have_an_item_each(run: Run) -> None:
    done = run("own/mine/passing.yaml", "--smtp-client", "smtplib", "--smtp-client", "reference_client", "-v")
    assert "own/mine/passing.yaml::mine/passing[one] @smtplib PASSED" in done.stdout
    assert "4 passed" in done.stdout


def test_a_rule_of_the_wire_broken_beside_a_pass_fails(run: Run, tmp_path: Path) -> None:
    (tmp_path / "breaching.py").write_text(BREACHING_CLIENT)
    done = run("own/mine/passing.yaml", "--smtp-client", "breaching")
    assert done.returncode == 1
    assert "beside it, clause wire." in done.stdout


def test_what_a_candidate_cannot_do_is_skipped_with_its_reason_and_the_scenarios_place(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "unable.py").write_text(
        "class Unsupported(Exception):\n    smtp_conformance_unsupported = True\n"
        "from smtplib import *\nimport smtplib\n"
        "class SMTP(smtplib.SMTP):\n    def ehlo(self, name=''):\n        raise Unsupported('no greeting here')\n"
    )
    done = run("own/mine/passing.yaml", "--smtp-client", "unable", "-rs")
    assert done.returncode == 0, done.stdout
    assert "SKIPPED [2] own/mine/passing.yaml:1: " in done.stdout
    assert "no greeting here" in done.stdout


def test_a_broken_scenario_is_an_error_with_its_place(run: Run, folder: Path) -> None:
    (folder / "mine" / "broken.yaml").write_text(PASSING.replace("level:", "levl:"))
    done = run("own")
    assert done.returncode == 2
    assert "broken.yaml:3:1: unknown key 'levl'; did you mean 'level'?" in done.stdout
    assert "Traceback" not in done.stdout
