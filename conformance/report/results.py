"""This module owns result files: JSON lines with a header, a result for each scenario, and a footer.

The form is described by ``docs/results.md`` and ``results.schema.json`` beside this module. A file without a footer is
truncated: what it holds is good, and it is not all.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from conformance.errors import UsageError
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.model import Level

FORM = 1
"""Version of the form of result files."""

SCHEMA = Path(__file__).with_name("results.schema.json")
"""The JSON Schema of one line of a result file."""


class ResultWriter:
    """Writes results as they come, so that an interrupted run leaves what it has.

    Args:
        path: the file; one that is there is overwritten.
        header: what ``provenance.header_of_run`` returns.

    Raises:
        UsageError: the file cannot be written.
    """

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        try:
            self._file: TextIO = path.open("w", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error
        self._totals: Counter[str] = Counter()
        self._write(header)

    def _write(self, record: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(record, separators=(",", ":")) + "\n")
        self._file.flush()

    def add(self, result: Result) -> None:
        """Write one result."""
        self._totals[result.verdict] += 1
        self._write({"type": "result", **result.to_json()})

    def close(self, *, complete: bool = True) -> None:
        """Write the footer if the run came to its end, and close the file."""
        if complete:
            totals = {verdict: self._totals[verdict] for verdict in Verdict}
            self._write({"type": "footer", "totals": totals, "count": sum(totals.values())})
        self._file.close()


@dataclass(frozen=True, kw_only=True)
class ResultFile:
    """What a result file holds, or a run that wrote none.

    Attributes:
        path: the file.
        header: its first line.
        results: in the order of the file.
        truncated: whether the footer is missing, or its totals are others.
    """

    path: Path
    header: Mapping[str, Any]
    results: tuple[Result, ...] = field(repr=False)
    truncated: bool


def read_results(path: Path) -> ResultFile:
    """Read a result file.

    Raises:
        UsageError: it is none; the message says in which line and why.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no result file: it is not text in UTF-8") from error
    # Not splitlines(): in JSON a line separator like U+2028 may stand inside a line.
    lines = text.removesuffix("\n").split("\n")
    if not text.strip():
        raise UsageError(f"{path} is empty: the run that wrote it never began")
    records = [_record(path, number, line, last=number == len(lines)) for number, line in enumerate(lines, 1)]
    header = _checked_header(path, records[0])
    results = [
        _result(path, number, record) for number, record in enumerate(records[1:], 2) if record.get("type") == "result"
    ]
    _check_uniqueness(path, results)
    footer = records[-1] if records[-1].get("type") == "footer" else None
    counted = {verdict: count for verdict, count in Counter(str(result.verdict) for result in results).items() if count}
    whole = footer is not None and {v: n for v, n in dict(footer.get("totals", {})).items() if n} == counted
    return ResultFile(path=path, header=header, results=tuple(results), truncated=not whole)


def _record(path: Path, number: int, line: str, *, last: bool) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        if last and number > 1:  # cut in the middle of a line: the file is truncated, what precedes is good
            return {"type": "cut"}
        raise UsageError(f"{path}:{number}:{error.colno}: no result file: not JSON: {error.msg}") from error
    if not isinstance(record, dict):
        raise UsageError(f"{path}:{number}: no result file: not a JSON object")
    return record


def _checked_header(path: Path, header: Mapping[str, Any]) -> Mapping[str, Any]:
    if header.get("type") != "header":
        raise UsageError(f"{path}:1: no result file: its first line is no header")
    if header.get("form") != FORM:
        raise UsageError(
            f"{path}:1: a result file of form {header.get('form')!r}; this version of smtp-conformance reads {FORM}"
        )
    candidates = header.get("candidates")
    if not isinstance(candidates, list) or not all(isinstance(item, dict) and "name" in item for item in candidates):
        raise UsageError(f"{path}:1: no result file: the header names no candidates")
    return header


def _result(path: Path, number: int, record: Mapping[str, Any]) -> Result:
    try:
        result = Result.from_json(record)
        Level(result.level)
        if not all(isinstance(text, str) for text in (result.id, result.candidate, *result.clauses)):
            raise TypeError("text was expected")  # noqa: TRY301 - the one place that says what is wrong is below
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{path}:{number}: no result: {error!r}") from error
    return result


def _check_uniqueness(path: Path, results: Iterable[Result]) -> None:
    seen: set[tuple[str, str]] = set()
    for result in results:
        key = (result.candidate, result.id)
        if key in seen:
            raise UsageError(f"{path}: two verdicts on {result.candidate} in {result.id}: the file is none of ours")
        seen.add(key)
