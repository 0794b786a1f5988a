"""This module owns the comparison of two candidates, or of two results: what changed, told like release notes."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.errors import ExitCode, UsageError
from conformance.report.failure import printable
from conformance.report.results import read_results
from conformance.report.run import RunOptions, run_scenarios
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.model import Clause

_PLACE = re.compile(r" \(at [^()]*( in \w+)?\)$")
_VERB = re.compile(r"\b(mail from|rcpt to):", re.IGNORECASE)
_INDENT = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two that are compared.

    Attributes:
        name: what it is called in the comparison.
        results: by the scenario's id.
    """

    name: str
    results: Mapping[str, Result]


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
        quiet = replace(options, clients=candidates, json_file=file, quiet=3, baselines=(), update_baseline=False)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = run_scenarios(quiet)
        if code not in (ExitCode.OK, ExitCode.FAILED):
            raise UsageError(f"the candidates could not be judged:\n{said.getvalue()}")
        found = read_results(file).results
    return {
        name: Side(name=name, results={result.id: result for result in found if result.candidate == name})
        for name in candidates
    }


def _side_of(path: Path) -> Side:
    file = read_results(path)
    names = list(dict.fromkeys(result.candidate for result in file.results))
    if len(names) > 1:
        raise UsageError(
            f"{path} has results of {len(names)} candidates ({', '.join(names)}); one is compared at a time"
        )
    if file.truncated:
        raise UsageError(f"{path} is truncated: what it lacks would pass for a change")
    return Side(name=path.name, results={result.id: result for result in file.results})


def _observed(result: Result) -> tuple[object, ...]:
    """Return what was observed, without what is another each time: places, durations, and the baseline's judgement."""
    differences = tuple((each.step, each.expected, _lasting(each.got)) for each in result.differences)
    breaches = frozenset(breach.clause for breach in (*result.breaches, *result.known_breaches))
    trouble = _trouble(result).partition(":")[0] if _own_verdict(result) is Verdict.ERROR else ""
    return _own_verdict(result), differences, breaches, trouble


def _lasting(got: str) -> str:
    """Return what came without the place that raised it, and with verbs in one case: case says nothing there."""
    return _VERB.sub(lambda verb: verb[0].lower(), _PLACE.sub("", got))


def _own_verdict(result: Result) -> Verdict:
    return result.own_verdict or result.verdict


def _trouble(result: Result) -> str:
    return (result.trouble or result.reason).partition("\n")[0]


# -- the words


def comparison_lines(comparison: Comparison, clauses: Mapping[str, Clause]) -> Iterator[str]:
    """Yield the comparison as text, grouped by the first clause of the scenarios."""
    changed = comparison.changed
    alike = len(set(comparison.before.results) & set(comparison.after.results)) - len(changed)
    kinds = Counter(_kind(before, after) for before, after in changed)
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    names = f"{printable(comparison.before.name)} → {printable(comparison.after.name)}"
    differ = "1 scenario differs" if len(changed) == 1 else f"{len(changed)} scenarios differ"
    yield f"{names}: {differ}{f' ({counts})' if counts else ''}, {alike} alike"
    groups: dict[str, list[tuple[Result, Result]]] = {}
    for pair in changed:
        groups.setdefault(pair[0].clauses[0], []).append(pair)
    for clause_id, pairs in sorted(groups.items()):
        yield ""
        yield _heading(clause_id, clauses)
        for before, after in pairs:
            yield from _pair_lines(comparison, before, after)
    for side, results in comparison.only:
        if results:
            yield ""
            yield f"only in {printable(side.name)}:"
            yield from (f"{_INDENT}{_own_verdict(result)} {result.id}: {result.title}" for result in results)


def _heading(clause_id: str, clauses: Mapping[str, Clause]) -> str:
    clause = clauses.get(clause_id)
    if clause is None:
        return clause_id
    source = f"norm line {clause.norm}" if clause.norm else f"RFC {clause.rfc}" if clause.rfc else "CPython"
    return f"{clause_id} ({source}): {clause.says}"


def _kind(before: Result, after: Result) -> str:
    first, second = _own_verdict(before), _own_verdict(after)
    if second is Verdict.PASS and first is not Verdict.PASS:
        return "pass now"
    if first is Verdict.PASS and second is not Verdict.PASS:
        return "pass no longer" if second is not Verdict.UNSUPPORTED else "are unsupported now"
    return "come out otherwise"


def _pair_lines(comparison: Comparison, before: Result, after: Result) -> Iterator[str]:
    yield f"  {before.id}: {before.title}"
    names = [printable(comparison.before.name), printable(comparison.after.name)]
    width = max(map(len, names))
    for name, result in zip(names, (before, after), strict=True):
        first, *others = _observation_lines(result)
        yield f"{_INDENT}{name:{width}}  {first}"
        yield from (f"{_INDENT}{'':{width}}  {line}" for line in others)


def _observation_lines(result: Result) -> Iterable[str]:
    verdict = _own_verdict(result)
    lines = [
        f"at {printable(each.step)}: expected {printable(each.expected)}, got {printable(each.got)}"
        for each in result.differences
    ]
    if verdict in (Verdict.ERROR, Verdict.UNSUPPORTED):
        lines = [printable(_trouble(result))]
    breaches = (*result.breaches, *result.known_breaches)
    lines.extend(f"beside it, clause {breach.clause}: {printable(breach.message)}" for breach in breaches)
    return [f"{verdict}{'  ' + lines[0] if lines else ''}", *(f"      {line}" for line in lines[1:])]
