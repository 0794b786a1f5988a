"""Result files: every line keeps the schema, and what is no whole result file is told apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance.errors import UsageError
from conformance.report.results import SCHEMA, read_results
from tests.conformance.report.samples import failed, harmful, one_of_each, result, write


@pytest.fixture(scope="module")
def schema() -> jsonschema.protocols.Validator:
    form = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(form)
    return jsonschema.Draft202012Validator(form)


def test_every_line_keeps_the_schema(tmp_path: Path, schema: jsonschema.protocols.Validator) -> None:
    path = write(tmp_path / "r.jsonl", [*one_of_each(), harmful()])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["header", *["result"] * 7, "footer"]
    for line in lines:
        schema.validate(json.loads(line))


def test_the_schema_knows_every_field_of_a_result() -> None:
    assert set(result().to_json()) == set(
        json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]["result"]["properties"]
    )


@pytest.mark.parametrize(
    "change", [{"verdict": "good"}, {"level": "high"}, {"duration": -1}, {"id": "no-family"}, {"differences": [{}]}]
)
def test_the_schema_refuses_what_is_no_result(
    change: dict[str, object], schema: jsonschema.protocols.Validator
) -> None:
    record: dict[str, Any] = {"type": "result", **json.loads(json.dumps(failed().to_json()))}
    assert schema.is_valid(record)
    record.update(change)
    assert not schema.is_valid(record)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    results = (*one_of_each(), harmful())
    read = read_results(write(tmp_path / "r.jsonl", results))
    assert read.results == results
    assert not read.truncated


def test_a_file_without_a_footer_is_truncated(tmp_path: Path) -> None:
    read = read_results(write(tmp_path / "r.jsonl", [result()], complete=False))
    assert read.truncated
    assert read.results == (result(),)


def test_a_file_cut_anywhere_behind_its_header_gives_what_is_whole(tmp_path: Path) -> None:
    whole = write(tmp_path / "r.jsonl", [result("a/1"), failed("a/2")]).read_bytes()
    ends = [index for index, octet in enumerate(whole) if octet == ord("\n")]
    cut = tmp_path / "cut.jsonl"
    for size in range(ends[0] + 1, len(whole) - 1, 97):
        cut.write_bytes(whole[:size])
        read = read_results(cut)
        assert read.truncated
        assert len(read.results) == sum(end <= size for end in ends[1:3])


def test_a_footer_with_other_totals_means_truncated(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", [result("a/1"), result("a/2")])
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], *lines[2:]]), encoding="utf-8")
    assert read_results(path).truncated


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("hello\n", ":1:1: no result file: not JSON"),
        ("[1]\n", ":1: no result file: not a JSON object"),
        ('{"type":"result"}\n', ":1: no result file: its first line is no header"),
        ('{"type":"header","form":99}\n', "form 99; this version of smtp-conformance reads 1"),
        ('{"type":"header","form":1}\n', "the header names no candidates"),
    ],
)
def test_what_is_no_result_file_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"r\.jsonl") as caught:
        read_results(path)
    assert told in str(caught.value)


def test_octets_that_are_no_text_are_no_result_file(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not text in UTF-8"):
        read_results(path)


def test_garbage_amid_results_is_told_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", [result()])
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], '{"type":"result","id":1}', *lines[1:]]), encoding="utf-8")
    with pytest.raises(UsageError, match=r"r\.jsonl:2: no result"):
        read_results(path)


def test_two_verdicts_on_one_scenario_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", [result(), result()])
    with pytest.raises(UsageError, match="two verdicts on smtplib in sendmail/plain"):
        read_results(path)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write(tmp_path / "nowhere" / "r.jsonl", [])
