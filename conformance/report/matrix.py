"""This module owns the matrix: every candidate that this machine has, each with its shipped baseline, in one table."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.baselines.form import SHIPPED_AS, about, read_baselines
from conformance.driver.candidates import ADAPTERS, Candidate, parse_candidate
from conformance.errors import CandidateError
from conformance.report.forms import Forms
from conformance.report.run import RunOptions, run_scenarios

INTERPRETERS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "pypy3")
"""Whose smtplib is judged; a baseline ships for each."""


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


def judge_all(clients: Sequence[str], *, patterns: Sequence[str], workers: int, forms: Forms) -> int:
    """Judge candidates side by side, each held against its shipped baselines; return the exit code.

    Raises:
        SuiteError: nothing could be run.
    """
    options = RunOptions(
        clients=clients,
        patterns=patterns,
        workers=workers,
        baselines=[SHIPPED_AS],
        html_file=forms.html_file,
        junit_file=forms.junit_file,
        markdown_file=forms.markdown_file,
        badge_file=forms.badge_file,
    )
    return run_scenarios(options)
