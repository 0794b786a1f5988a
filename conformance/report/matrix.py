"""This module owns the matrix: every candidate that this machine has, each with its shipped baseline, in one table."""

from __future__ import annotations

import importlib.metadata
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.baselines.form import SHIPPED_AS, about, read_baselines
from conformance.driver.candidates import ADAPTERS, Candidate, parse_candidate
from conformance.errors import CandidateError, ExitCode
from conformance.report.forms import Forms
from conformance.report.results import read_results
from conformance.report.run import RunOptions, run_scenarios
from conformance.runner.verdict import Result, Verdict

INTERPRETERS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "pypy3")
"""Whose smtplib is judged; a baseline ships for each."""
_WRONG = (Verdict.FAIL, Verdict.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A candidate that the matrix could have.

    Attributes:
        client: as ``--client`` takes it.
        told: what its driver says of it, or why it is left out.
        there: whether it can be judged.
    """

    client: str
    told: str
    there: bool


def find_candidates() -> Iterator[Found]:
    """Yield the candidates that a baseline ships for, those that this machine lacks too, and the reference client."""
    baselines = read_baselines([SHIPPED_AS])
    adapters = sorted(entry.name for entry in importlib.metadata.entry_points(group=ADAPTERS))
    for client in (*(f"smtplib@{name}" for name in INTERPRETERS), *(f"adapter:{name}" for name in adapters)):
        try:
            with Candidate(spec=parse_candidate(client)) as candidate:
                identity = candidate.identity
        except CandidateError as error:
            yield Found(client=client, told=_reason(error), there=False)
            continue
        own = about(baselines, client, identity)[-1:]
        there = bool(own) and not any(own[0].covers(each) for each in baselines)
        yield Found(client=client, told=str(identity) if there else f"no baseline ships for {identity}", there=there)
    yield Found(client="reference_client", told="needs no baseline", there=True)


def _reason(error: CandidateError) -> str:
    """Return the line that says why: behind the heading where there is one."""
    lines = [line.strip() for line in str(error).splitlines()]
    return lines[1] if lines[0].endswith(":") and len(lines) > 1 else lines[0]


def judge_all(
    clients: Sequence[str], *, patterns: Sequence[str], workers: int, forms: Forms
) -> tuple[int, list[Result]]:
    """Judge candidates side by side, each held against its shipped baseline; return exit code and results.

    Raises:
        SuiteError: nothing could be run.
    """
    with tempfile.TemporaryDirectory(prefix="smtp-conformance-") as folder:
        file = Path(folder, "results.json")
        options = RunOptions(
            clients=clients,
            patterns=patterns,
            workers=workers,
            baselines=[SHIPPED_AS],
            json_file=file,
            quiet=1,
            html_file=forms.html_file,
            junit_file=forms.junit_file,
            markdown_file=forms.markdown_file,
            badge_file=forms.badge_file,
        )
        code = run_scenarios(options)
        return code, list(read_results(file).results) if code in (ExitCode.OK, ExitCode.FAILED) else []


def table_lines(clients: Sequence[str], results: Sequence[Result]) -> Iterator[str]:
    """Yield a table: a line for each family, a column for each candidate."""
    cells = {(family, client): _cell(of) for (family, client), of in _grouped(results).items()}
    heads = [client.removeprefix("adapter:").removesuffix("_client") for client in clients]
    families = [*sorted({family for family, _ in cells} - {"all"}), "all"]
    left = max(map(len, families))
    widths = [
        max([len(head), *(len(cells.get((family, client), "")) for family in families)])
        for head, client in zip(heads, clients, strict=True)
    ]
    yield f"{'':{left}}  {'  '.join(f'{head:>{width}}' for head, width in zip(heads, widths, strict=True))}"
    for family in families:
        row = (f"{cells.get((family, client), ''):>{width}}" for client, width in zip(clients, widths, strict=True))
        yield f"{family:{left}}  {'  '.join(row)}"
    yield "passed/judged; -n: n scenarios are unsupported; !n: n are wrong in a way that the baseline does not list"


def _grouped(results: Sequence[Result]) -> dict[tuple[str, str], list[Result]]:
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        for family in (result.family, "all"):
            groups.setdefault((family, result.candidate), []).append(result)
    return groups


def _cell(results: Sequence[Result]) -> str:
    counts = Counter(result.verdict for result in results)
    unsupported = counts[Verdict.UNSUPPORTED]
    wrong = sum(result.verdict in _WRONG or bool(result.breaches) for result in results)
    text = f"{counts[Verdict.PASS]}/{len(results) - unsupported}"
    return text + (f" -{unsupported}" if unsupported else "") + (f" !{wrong}" if wrong else "")
