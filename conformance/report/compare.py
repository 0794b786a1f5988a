"""This module owns the comparison of two candidates, or of two results: what differs, and what only seems to."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.baselines.form import folded
from conformance.errors import ExitCode, UsageError
from conformance.report.results import ResultFile, read_results
from conformance.report.run import RunOptions, run_scenarios
from conformance.report.terminal import ProgressOnly
from conformance.runner.verdict import Difference, Result, Verdict

_GAVE_UP = re.compile(r"the client (closed|reset) the connection before")
_RAISED = re.compile(r"([A-Z][\w.]*): (?![({])")
"""An exception whose words are Python's or the client's own; those of a server are in brackets, with its code."""
_PLACE = re.compile(r" \(at [^()]*( in \w+)?\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two that are compared.

    Attributes:
        name: what it is called in the comparison.
        results: by the scenario's id.
        about: client, interpreter and TLS library; empty where they are not known.
    """

    name: str
    results: Mapping[str, Result]
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What differs between two sides."""

    before: Side
    after: Side

    @property
    def changed(self) -> list[tuple[Result, Result]]:
        """Both results of each scenario that came out otherwise."""
        return [
            (result, self.after.results[scenario_id])
            for scenario_id, result in self.before.results.items()
            if scenario_id in self.after.results and _observed(result) != _observed(self.after.results[scenario_id])
        ]

    @property
    def only(self) -> list[tuple[Side, list[Result]]]:
        """For each side, what only it has."""
        return [
            (side, [result for scenario_id, result in side.results.items() if scenario_id not in other.results])
            for side, other in ((self.before, self.after), (self.after, self.before))
        ]

    @property
    def exit_code(self) -> ExitCode:
        """0 if nothing differs."""
        return ExitCode.FAILED if self.changed or any(results for _, results in self.only) else ExitCode.OK


def compare(before: str, after: str, options: RunOptions) -> Comparison:
    """Compare two candidates or result files; candidates are judged first, side by side.

    Args:
        before: a candidate as ``--client`` takes it, or a result file.
        after: the same.
        options: what is to be played, where candidates are named.

    Raises:
        SuiteError: a file cannot be read, or a candidate cannot be judged.
    """
    if before == after:
        raise UsageError(f"{before} is compared with itself; name two candidates or two result files")
    candidates = [text for text in (before, after) if not _is_file(text)]
    judged = _judged(candidates, options) if candidates else {}
    sides = [judged[text] if text in judged else _side_of(Path(text)) for text in (before, after)]
    return Comparison(before=sides[0], after=sides[1])


def _is_file(text: str) -> bool:
    return Path(text).is_file() or text.endswith((".json", ".jsonl"))


def _judged(candidates: Sequence[str], options: RunOptions) -> dict[str, Side]:
    with tempfile.TemporaryDirectory(prefix="smtp-conformance-") as folder:
        file = Path(folder, "results.json")
        options = replace(options, clients=candidates, json_file=file, baselines=(), update_baseline=False)
        code = run_scenarios(options, ProgressOnly)
        if code not in (ExitCode.OK, ExitCode.FAILED):
            raise UsageError("the candidates could not be judged")
        played = read_results(file)
    return {name: _side(name, name, played) for name in candidates}


def _side(name: str, candidate: str, file: ResultFile) -> Side:
    """Return the results of one candidate."""
    found = [each for each in file.header["candidates"] if each["name"] == candidate]
    identity: Mapping[str, Any] = found[0] if found else {}
    client = f"{identity.get('implementation', '')} {identity.get('version', '')}".strip()
    return Side(
        name=name,
        results={result.id: result for result in file.results if result.candidate == candidate},
        about=", ".join(filter(None, (client, identity.get("language"), identity.get("openssl")))),
    )


def _side_of(path: Path) -> Side:
    file = read_results(path)
    names = list(dict.fromkeys(result.candidate for result in file.results))
    if len(names) > 1:
        raise UsageError(
            f"{path} has results of {len(names)} candidates ({', '.join(names)}); one is compared at a time"
        )
    if file.truncated:
        raise UsageError(f"{path} is truncated: what it lacks would pass for a change")
    return _side(path.name, (names or [""])[0], file)


def _observed(result: Result) -> tuple[object, ...]:
    """Return what was observed, without what is another each time, and the baseline's judgement."""
    differences = tuple(_lasting(each) for each in result.differences)
    breaches = frozenset(breach.clause for breach in (*result.breaches, *result.known_breaches))
    trouble = trouble_of(result).partition(":")[0] if own_verdict(result) is Verdict.ERROR else ""
    return own_verdict(result), differences, breaches, trouble


def _lasting(difference: Difference) -> tuple[str, ...]:
    """Return a difference without place, case of verbs, and the words of an exception that are not the server's.

    At which step a client that gave up left the server waiting follows from what it did, and from chance.
    """
    got = folded(without_place(difference.got))
    if _GAVE_UP.match(got):
        return ("gave up",)
    raised = _RAISED.match(got)
    return difference.step, difference.expected, raised[1] if raised else got


def without_place(got: str) -> str:
    """Return what came without the place that raised it."""
    return _PLACE.sub("", got)


def own_verdict(result: Result) -> Verdict:
    """Return the verdict without the baseline's judgement."""
    return result.own_verdict or result.verdict


def trouble_of(result: Result) -> str:
    """Return why a candidate could not be judged, in a line."""
    return (result.trouble or result.reason).partition("\n")[0]
