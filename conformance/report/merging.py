"""This module owns how several result files become one set of columns, a candidate each, that can be laid side by side.

It refuses what cannot be compared, and says of every column whether it is all there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from conformance.errors import NothingSelectedError, UsageError
from conformance.report.results import ResultFile
from conformance.runner.verdict import Result

_IDENTITY = ("implementation", "version", "language", "openssl")
"""What must be the same for two files to speak of one candidate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One candidate of a report.

    Attributes:
        name: the candidate as the user named it; where two would have the same name, with what tells them apart.
        identity: what its driver said of itself.
        results: by id of the scenario.
        source: the file that they come from.
        truncated: whether that file lacks its end.
    """

    name: str
    identity: Mapping[str, Any]
    results: Mapping[str, Result] = field(repr=False)
    source: str
    truncated: bool

    @property
    def words(self) -> str:
        """Who it is, in a line: client, interpreter, TLS library."""
        client = f"{self.identity.get('implementation', '')} {self.identity.get('version', '')}".strip()
        parts = [client, *(str(self.identity.get(key) or "") for key in ("language", "openssl"))]
        return ", ".join(filter(None, parts))


@dataclass(frozen=True, kw_only=True)
class Collected:
    """All that a report is made of.

    Attributes:
        suites: versions of the suite that judged; more than one only where the user insisted.
        platforms: where it ran.
        started: when, as ISO 8601; the earliest.
        partial: whether only a part of the scenarios was selected.
        columns: the candidates.
        notes: what a reader must know: truncated files, mixed suites, a selection.
    """

    suites: tuple[str, ...]
    platforms: tuple[str, ...]
    started: str
    partial: bool
    columns: tuple[Column, ...]
    notes: tuple[str, ...]

    @cached_property
    def rows(self) -> tuple[Result, ...]:
        """One result of each scenario, whosever it is, in the order of the ids."""
        found: dict[str, Result] = {}
        for column in self.columns:
            for result in column.results.values():
                found.setdefault(result.id, result)
        return tuple(found[scenario_id] for scenario_id in sorted(found, key=_by_family_and_name))


def _by_family_and_name(scenario_id: str) -> tuple[str, str]:
    return scenario_id.partition("/")[0], scenario_id


def collect(files: Sequence[ResultFile], *, mixed: bool = False) -> Collected:
    """Merge result files.

    Args:
        files: what to merge.
        mixed: take also files that other suites, or the suite with other scenarios, wrote.

    Raises:
        UsageError: they come from different suites.
        NothingSelectedError: there is no result in any of them.
    """
    notes = list(_mixture(files, mixed=mixed))
    notes.extend(_truncation([file for file in files if file.truncated]))
    columns = _distinct([column for file in files for column in _columns(file)])
    if not any(column.results for column in columns):
        raise NothingSelectedError(f"no result in {', '.join(str(file.path) for file in files)}")
    partial = any(any(file.header.get("selection", {}).values()) for file in files)
    notes.extend(dict.fromkeys(note for file in files if (note := _selection(file))))
    return Collected(
        suites=_values(files, "suite"),
        platforms=_values(files, "platform"),
        started=min(_values(files, "started"), default=""),
        partial=partial,
        columns=tuple(columns),
        notes=tuple(notes),
    )


def _truncation(files: Sequence[ResultFile]) -> Iterable[str]:
    if files:
        are = "are" if len(files) > 1 else "is"
        yield (
            f"{', '.join(str(file.path) for file in files)} {are} truncated: the run was cut short, "
            "or not all scenario files could be read"
        )


def _values(files: Iterable[ResultFile], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(file.header[key]) for file in files if key in file.header))


def _mixture(files: Sequence[ResultFile], *, mixed: bool) -> Iterable[str]:
    """Yield what is mixed.

    Raises:
        UsageError: something is, and was not asked for.
    """
    for key, what in (("suite", "versions of the suite"), ("corpus", "states of the scenarios")):
        owners: dict[str, list[str]] = {}
        for file in files:
            owners.setdefault(str(file.header.get(key, "unknown")), []).append(str(file.path))
        if len(owners) > 1:
            told = "; ".join(f"{value}: {', '.join(paths)}" for value, paths in owners.items())
            message = f"the results come from different {what} ({told})"
            if not mixed:
                raise UsageError(f"{message}; run again with the same, or add --mixed to lay them side by side anyway")
            yield f"{message}: verdicts may differ for that reason alone"


def _selection(file: ResultFile) -> str:
    selection = file.header.get("selection", {})
    words = [
        f"{what} {', '.join(map(str, values))}"
        for key, what in (("patterns", "matching"), ("levels", "of level"), ("tags", "with tag"))
        if (values := selection.get(key))
    ]
    return f"{file.path} holds a part of the suite: scenarios {', '.join(words)}" if words else ""


def _columns(file: ResultFile) -> Iterable[Column]:
    identities = {str(candidate["name"]): candidate for candidate in file.header["candidates"]}
    results: dict[str, dict[str, Result]] = {name: {} for name in identities}
    for result in file.results:
        results.setdefault(result.candidate, {})[result.id] = result
    for name, found in results.items():
        yield Column(
            name=name,
            identity=identities.get(name, {}),
            results=found,
            source=str(file.path),
            truncated=file.truncated,
        )


def _distinct(columns: Sequence[Column]) -> list[Column]:
    """Return the columns under names of their own; parts of one candidate's results are put together."""
    merged: list[Column] = []
    for column in columns:
        for index, other in enumerate(merged):
            if _fits(other, column):
                merged[index] = replace(
                    other,
                    results={**other.results, **column.results},
                    truncated=other.truncated or column.truncated,
                    source=f"{other.source}, {column.source}",
                )
                break
        else:
            merged.append(column)
    return _named_apart(merged)


def _fits(one: Column, other: Column) -> bool:
    same = one.name == other.name and all(one.identity.get(key) == other.identity.get(key) for key in _IDENTITY)
    return same and not one.results.keys() & other.results.keys()


def _named_apart(columns: Sequence[Column]) -> list[Column]:
    names = [column.name for column in columns]
    named: list[Column] = []
    for column in columns:
        name = column.name
        if names.count(name) > 1:
            tells = column.identity.get("language") or column.source
            alike = [json.dumps(other.identity.get("language")) for other in columns if other.name == name]
            name = f"{name} ({tells if len(set(alike)) == len(alike) else column.source})"
        taken = sum(other.name == name or other.name.startswith(f"{name} #") for other in named)
        named.append(replace(column, name=f"{name} #{taken + 1}" if taken else name))
    return named
