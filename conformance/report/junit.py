"""This module owns JUnit XML, the form that CI systems show: a suite for each candidate, a case for each scenario.

It follows what Jenkins' xUnit plugin publishes as a schema and pytest calls ``xunit2``. XML 1.0 has no place for most
control characters, not even escaped: candidates' octets are printable before they get here, what is left is replaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from conformance.report.failure import dialogue_lines, failure_text, first_words
from conformance.report.merging import Collected, Column
from conformance.report.styled import unstyled
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.model import Clause

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, collected: Collected, clauses: Mapping[str, Clause]) -> None:
    """Write JUnit XML.

    Raises:
        OSError: the file cannot be written.
    """
    suites = [_suite(column, collected, clauses) for column in collected.columns]
    root = ET.Element("testsuites", {"name": "smtp-conformance", **_counts(suites)})
    root.extend(suites)
    ET.indent(root, " ")
    path.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _counts(suites: Iterable[ET.Element]) -> dict[str, str]:
    found = list(suites)
    counts = {name: str(sum(int(suite.attrib[name]) for suite in found)) for name in ("tests", "failures", "errors")}
    return counts | {"time": f"{sum(float(suite.attrib['time']) for suite in found):.3f}"}


def _suite(column: Column, collected: Collected, clauses: Mapping[str, Clause]) -> ET.Element:
    results = sorted(column.results.values(), key=lambda result: (result.family, result.id))
    counts = Counter(_outcome(result) for result in results)
    suite = ET.Element(
        "testsuite",
        name=legal(column.name),
        tests=str(len(results)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
        time=f"{sum(result.duration for result in results):.3f}",
    )
    if collected.started:
        suite.set("timestamp", collected.started.partition("+")[0])
    properties = ET.SubElement(suite, "properties")
    told = {"suite": ", ".join(collected.suites), "platform": ", ".join(collected.platforms), "candidate": column.words}
    for name, value in told.items():
        ET.SubElement(properties, "property", name=name, value=legal(value))
    suite.extend(_case(result, clauses) for result in results)
    return suite


def _outcome(result: Result) -> str:
    match result.verdict:
        case Verdict.ERROR:
            return "error"
        case Verdict.UNSUPPORTED | Verdict.KNOWN:
            return "skipped"
        case Verdict.FAIL:
            return "failure"
        case _:
            return "failure" if result.breaches else ""


def _case(result: Result, clauses: Mapping[str, Clause]) -> ET.Element:
    case = ET.Element("testcase", classname=legal(result.family), name=legal(result.id), time=f"{result.duration:.3f}")
    outcome = _outcome(result)
    if outcome:
        kind = "breach" if result.verdict is Verdict.PASS else str(result.verdict)
        message = first_words(result)
        if outcome == "skipped":
            message = f"{result.verdict}: {message}"
        told = ET.SubElement(case, outcome, type=kind, message=legal(message))
        told.text = legal(failure_text(result, clauses))
        if result.dialogue:
            ET.SubElement(case, "system-out").text = legal(unstyled(dialogue_lines(result)))
    return case


def legal(text: str) -> str:
    """Return the text with what XML 1.0 has no place for replaced by a question mark in a diamond."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
