"""Results for the tests of reports: one of each verdict, and one whose octets mean harm to whatever shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.report.merging import Collected, collect
from conformance.report.provenance import header_of_run
from conformance.report.results import ResultFile, ResultWriter
from conformance.runner.verdict import Difference, Line, Result, Verdict, WireBreach
from conformance.scenario.collection import read_catalogue

CLAUSES = read_catalogue([])
HARM = (
    "<script>window.harmed = 1</script><img src=x onerror=harmed()>"
    "\x1b[31m\x1b]0;harm\x07\x00\x08\xff\xfe]]>&amp;{{ 7*7 }}\u2028"
)
"""Markup, terminal escapes, NUL, octets that are no UTF-8, the end of a CDATA section, a template."""


def result(scenario_id: str = "sendmail/plain", **changes: Any) -> Result:
    """Return a result that passed, with what is asked for changed."""
    passed = Result(
        id=scenario_id,
        candidate="smtplib",
        level="documented",
        verdict=Verdict.PASS,
        clauses=("sendmail.sender-refused",),
        duration=0.012,
        title="A refused sender raises SMTPSenderRefused",
        path=f"scenarios/{scenario_id}.yaml",
        dialogue=(
            Line(connection=0, at=0.001, kind="-", text="connection opened"),
            Line(connection=0, at=0.002, kind="S", text="220 ready\r\n"),
            Line(connection=0, at=0.0031, kind="C", text="ehlo [127.0.0.1]\r\n"),
        ),
    )
    return replace(passed, **changes)


def failed(scenario_id: str = "sendmail/refused", **changes: Any) -> Result:
    """Return a result that failed, and marks the client's line."""
    difference = Difference(
        step="call: sendmail", line=9, expected="the return value 250", got="the return value 299", event=2
    )
    return result(scenario_id, **{"verdict": Verdict.FAIL, "differences": (difference,), **changes})


def one_of_each() -> tuple[Result, ...]:
    """Return a result of each verdict, in three families, and one beside which the wire was broken."""
    return (
        result(tags=("slow",)),
        failed(),
        result(
            "lmtp/hangs",
            verdict=Verdict.ERROR,
            level="protocol",
            clauses=("lmtp.no-helo",),
            reason="the candidate hung",
        ),
        result("lmtp/unix", verdict=Verdict.UNSUPPORTED, level="protocol", clauses=("lmtp.no-helo",), reason="no LMTP"),
        failed("auth/listed", verdict=Verdict.KNOWN, level="de-facto", reason="gh-1: it is so"),
        result("auth/breach", breaches=(WireBreach(clause="wire.ascii-only", message="octet \xe9 came", event=2),)),
    )


def harmful() -> Result:
    """Return a failure in which all that comes from the candidate is harmful."""
    return failed(
        "hostile/harm",
        differences=(Difference(step=f"call: {HARM}", line=3, expected=HARM, got=HARM, event=0),),
        breaches=(WireBreach(clause="wire.ascii-only", message=HARM, event=1),),
        reason=HARM,
        dialogue=(
            Line(connection=0, at=0.1, kind="C", text=HARM),
            Line(connection=1, at=0.2, kind="S", text=f"250 {HARM}\r\n", encrypted=True),
        ),
    )


def identity(name: str, language: str = "CPython 3.11.7") -> dict[str, object]:
    """Return what a driver says of a candidate."""
    return {
        "name": name,
        "implementation": "smtplib",
        "version": "3.11.7",
        "language": language,
        "executable": "/usr/bin/python3",
        "openssl": "OpenSSL 3.0.15",
        "capabilities": [],
    }


def file_of(results: Sequence[Result], *, path: str = "a.jsonl", truncated: bool = False, **header: Any) -> ResultFile:
    """Return a result file that holds these results."""
    names = dict.fromkeys(found.candidate for found in results)
    beginning = header_of_run([identity(name) for name in names])
    return ResultFile(path=Path(path), header={**beginning, **header}, results=tuple(results), truncated=truncated)


def collected(results: Sequence[Result]) -> Collected:
    """Return these results, collected."""
    return collect([file_of(results)])


def of_candidates(results: Sequence[Result], *names: str) -> list[Result]:
    """Return the results once for each candidate."""
    return [replace(found, candidate=name) for name in names for found in results]


def write(path: Path, results: Sequence[Result], *, complete: bool = True, **header: Any) -> Path:
    """Write a result file."""
    writer = ResultWriter(path, file_of(results, **header).header)
    for found in results:
        writer.add(found)
    writer.close(complete=complete)
    return path
