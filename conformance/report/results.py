"""This module owns result files: JSON lines with a header, a result for each scenario, and a footer.

The form is described by ``results.schema.json`` beside this module. A file without a footer is truncated.
"""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import conformance
from conformance.errors import UsageError
from conformance.runner.verdict import Result, Verdict

FORM = 1
"""Version of the form of result files."""


class ResultWriter:
    """Writes results as they come, so that an interrupted run leaves what it has."""

    def __init__(self, path: Path, candidates: Iterable[Mapping[str, Any]]) -> None:
        try:
            self._file: TextIO = path.open("w", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error
        self._totals: Counter[str] = Counter()
        self._write(
            {
                "type": "header",
                "form": FORM,
                "suite": conformance.__version__,
                "candidates": list(candidates),
                "platform": platform.platform(),
            }
        )

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
    """What a result file holds.

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
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    if not lines:
        raise UsageError(f"{path} is empty: no result file")
    records = [_record(path, number, line, last=number == len(lines)) for number, line in enumerate(lines, 1)]
    header = records[0]
    if header.get("type") != "header" or header.get("form") != FORM:
        raise UsageError(f"{path}:1: no header of a result file (form {FORM})")
    footer = records[-1] if records[-1].get("type") == "footer" else None
    results = []
    for number, record in enumerate(records[1:], 2):
        if record.get("type") == "result":
            try:
                results.append(Result.from_json(record))
            except (KeyError, TypeError, ValueError) as error:
                raise UsageError(f"{path}:{number}: no result: {error!r}") from error
    whole = footer is not None and footer.get("count") == len(results)
    return ResultFile(path=path, header=header, results=tuple(results), truncated=not whole)


def _record(path: Path, number: int, line: str, *, last: bool) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        if last:  # cut in the middle of a line: the file is truncated, what precedes is good
            return {"type": "cut"}
        raise UsageError(f"{path}:{number}:{error.colno}: not JSON: {error.msg}") from error
    if not isinstance(record, dict):
        raise UsageError(f"{path}:{number}: not a JSON object")
    return record
