"""The matrix: what this machine has is judged, and what it lacks is named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.baselines.form import SHIPPED_AS, Baseline, read_baseline, read_baselines
from conformance.errors import CandidateError
from conformance.report import matrix
from conformance.report.matrix import INTERPRETERS, find_candidates


def baseline(folder: Path, name: str, text: str) -> Baseline:
    path = folder / name
    path.write_text(f"candidate: {text}\nknown: []\n")
    return read_baseline(path)


def test_a_candidate_is_there_where_a_baseline_is_about_it_and_no_other_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = baseline(tmp_path, "smtplib.yaml", "{client: smtplib}")
    own = baseline(tmp_path, "own.yaml", f"{{client: smtplib, language: CPython {sys.version_info[0]}}}")
    other = baseline(tmp_path, "other.yaml", "{client: smtplib, language: CPython 2.7}")
    monkeypatch.setattr(matrix, "INTERPRETERS", (sys.executable,))
    client = f"smtplib@{sys.executable}"
    for baselines, there in (([shared, own, other], True), ([shared, other], False), ([shared], True), ([], False)):
        monkeypatch.setattr(matrix, "read_baselines", lambda _names, found=baselines: found)
        found = {each.client: each for each in find_candidates()}[client]
        assert found.there is there
        assert found.told.startswith("smtplib 3." if there else "no baseline ships for smtplib 3.")


def test_every_interpreter_of_the_matrix_has_a_baseline() -> None:
    languages = {each.language for each in read_baselines([SHIPPED_AS])}
    assert {f"CPython {name}" for name in INTERPRETERS if name[0].isdigit()} < languages
    assert any(language.startswith("PyPy ") for language in languages)


def test_what_is_not_there_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(text: str) -> None:
        raise CandidateError(f"no interpreter for {text}\nand more of it")

    monkeypatch.setattr(matrix, "parse_candidate", nothing)
    found = {each.client: each for each in find_candidates()}
    assert not found["smtplib@3.8"].there
    assert found["smtplib@3.8"].told == "no interpreter for smtplib@3.8"
    assert found["reference_client"].there
