"""Several result files side by side: whose columns they become, and what cannot be laid beside each other."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.errors import NothingSelectedError, UsageError
from conformance.report.merging import collect
from tests.conformance.report.samples import failed, file_of, identity, of_candidates, result


def test_each_candidate_is_a_column_and_each_scenario_a_row_in_order() -> None:
    merged = collect(
        [
            file_of(of_candidates([result("b/2"), result("a/1")], "one"), path="1"),
            file_of(of_candidates([failed("a/1"), result("a-b/1")], "two"), path="2"),
        ]
    )
    assert [column.name for column in merged.columns] == ["one", "two"]
    assert [row.id for row in merged.rows] == ["a/1", "a-b/1", "b/2"]
    assert not merged.partial
    assert not merged.notes


def test_parts_of_one_candidates_results_become_one_column() -> None:
    merged = collect([file_of([result("a/1")], path="1"), file_of([result("b/1")], path="2", truncated=True)])
    (column,) = merged.columns
    assert set(column.results) == {"a/1", "b/1"}
    assert column.truncated


def test_the_same_name_in_two_interpreters_is_two_columns_told_apart() -> None:
    merged = collect(
        [
            file_of([result()], path="1", candidates=[identity("smtplib", "CPython 3.8.18")]),
            file_of([result()], path="2", candidates=[identity("smtplib", "PyPy 3.9.16")]),
        ]
    )
    assert [column.name for column in merged.columns] == ["smtplib (CPython 3.8.18)", "smtplib (PyPy 3.9.16)"]


def test_the_same_candidate_twice_is_told_apart_by_its_file() -> None:
    merged = collect([file_of([result()], path="before"), file_of([failed("sendmail/plain")], path="after")])
    assert [column.name for column in merged.columns] == ["smtplib (before)", "smtplib (after)"]


def test_the_very_same_file_twice_is_numbered() -> None:
    merged = collect([file_of([result()]), file_of([result()])])
    assert [column.name for column in merged.columns] == ["smtplib (a.jsonl)", "smtplib (a.jsonl) #2"]


@pytest.mark.parametrize(("key", "what"), [("suite", "versions of the suite"), ("corpus", "states of the scenarios")])
def test_what_different_suites_wrote_is_refused_unless_asked_for(key: str, what: str) -> None:
    headers: list[dict[str, Any]] = [{key: "x"}, {key: "y"}]
    files = [file_of([result()], path=str(number), **header) for number, header in enumerate(headers, 1)]
    with pytest.raises(UsageError, match=what) as caught:
        collect(files)
    assert "x: 1; y: 2" in str(caught.value)
    assert "--mixed" in str(caught.value)
    assert what in collect(files, mixed=True).notes[0]


def test_truncated_files_are_noted_together() -> None:
    files = [file_of([result(f"a/{name}")], path=name, truncated=True) for name in ("x", "y")]
    assert "x, y are truncated" in collect(files).notes[0]


def test_a_part_of_the_suite_is_noted() -> None:
    file = file_of([result()], selection={"patterns": ["sendmail"], "levels": [], "tags": ["slow"]})
    merged = collect([file])
    assert merged.partial
    assert "scenarios matching sendmail, with tag slow" in merged.notes[0]


def test_files_without_any_result_are_refused() -> None:
    with pytest.raises(NothingSelectedError, match=r"no result in a\.jsonl"):
        collect([file_of([], candidates=[identity("smtplib")])])
