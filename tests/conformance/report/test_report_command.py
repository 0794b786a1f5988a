"""The command ``report``, and the reports that ``run`` writes: exit codes and files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from conformance.report.results import SCHEMA
from tests.conformance.report.samples import failed, of_candidates, one_of_each, result, write

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "conformance", *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our own

    return run


def test_report_builds_every_form_out_of_several_files(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", of_candidates(one_of_each(), "one"))
    write(tmp_path / "b.jsonl", of_candidates([result()], "two"))
    forms = ("--html", "p.html", "--junit", "j.xml", "--markdown", "s.md", "--badge", "b.json")
    done = run("report", "a.jsonl", "b.jsonl", *forms)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["one", "does", "not", "conform", "no", "2/3", "no", "0/2", "no", "0/1"] in lines
    assert ["two", "conforms", "yes", "1/1"] in lines
    assert "<title>SMTP conformance: 2 candidates, 6 scenarios</title>" in (tmp_path / "p.html").read_text()
    assert len(ET.parse(tmp_path / "j.xml").getroot()) == 2  # noqa: S314 - our own
    assert "## SMTP conformance" in (tmp_path / "s.md").read_text()
    assert json.loads((tmp_path / "b.json").read_text())["message"] == "1 of 2 candidates"


def test_a_truncated_file_is_used_and_marked_in_the_page(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", [result()], complete=False)
    done = run("report", "a.jsonl", "--html", "p.html")
    assert done.returncode == 0, done.stderr
    assert "note: a.jsonl is truncated" in done.stdout
    assert "truncated: not all results are here" in (tmp_path / "p.html").read_text()


def test_an_empty_file_exits_2_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")
    done = run("report", "a.jsonl", "--html", "p.html")
    assert done.returncode == 2
    assert done.stderr.startswith("smtp-conformance: a.jsonl is empty")
    assert not (tmp_path / "p.html").exists()


def test_results_of_different_suites_exit_2_and_say_what_to_do(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", [result()], suite="0.1")
    write(tmp_path / "b.jsonl", of_candidates([failed()], "two"), suite="0.2")
    done = run("report", "a.jsonl", "b.jsonl", "--html", "p.html")
    assert done.returncode == 2
    assert "different versions of the suite (0.1: a.jsonl; 0.2: b.jsonl)" in done.stderr
    assert run("report", "a.jsonl", "b.jsonl", "--html", "p.html", "--mixed").returncode == 0
    assert "different versions of the suite" in (tmp_path / "p.html").read_text()


@pytest.mark.parametrize("arguments", [["report"], ["report", "nowhere.jsonl"], ["report", ".", "--html", "p.html"]])
def test_wrong_usage_exits_2_without_a_traceback(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("place", ["nowhere/p.html", "."])
def test_a_report_that_cannot_be_written_is_told_before_the_run(run: Run, place: str) -> None:
    done = run("run", "audit", "--html", place)
    assert done.returncode == 2
    assert f"{Path(place)} cannot be written" in done.stderr
    assert "judging" not in done.stdout


def test_a_run_writes_every_form_and_its_results_keep_the_schema(run: Run, tmp_path: Path) -> None:
    done = run(
        "run", "exceptions", "--json", "r.jsonl", "--html", "p.html", "--junit", "j.xml", "--markdown", "s.md",
        "--badge", "b.json", "--durations", "1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    schema = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    header, *results, footer = map(json.loads, (tmp_path / "r.jsonl").read_text().splitlines())
    for line in (header, *results, footer):
        schema.validate(line)
    assert header["selection"]["patterns"] == ["exceptions"]
    suite = ET.parse(tmp_path / "j.xml").getroot()[0]  # noqa: S314 - our own
    assert suite.attrib["name"] == "reference_client"
    assert int(suite.attrib["tests"]) == len(results)
    assert json.loads((tmp_path / "b.json").read_text())["message"] == "conforms (in part)"
    assert "holds a part of the suite" in (tmp_path / "p.html").read_text()
    assert "the slowest scenarios" in done.stdout
    assert "wrote p.html" in done.stdout
