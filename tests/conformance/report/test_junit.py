"""JUnit XML: it keeps the common schema, whatever a candidate sent, and says what CI systems show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from conformance.report.junit import legal, write_junit
from conformance.runner.verdict import Result
from tests.conformance.report.samples import CLAUSES, collected, harmful, of_candidates, one_of_each

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("junit.xsd")))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "junit.xml"


def written(path: Path, results: Sequence[Result]) -> ET.Element:
    write_junit(path, collected(results), CLAUSES)
    SCHEMA.validate(str(path))
    return ET.parse(path).getroot()  # noqa: S314 - our own


def test_each_candidate_is_a_suite_with_its_counts(path: Path) -> None:
    root = written(path, of_candidates(one_of_each(), "smtplib", "other"))
    assert [suite.attrib["name"] for suite in root] == ["smtplib", "other"]
    counts = [root[0].attrib[name] for name in ("tests", "failures", "errors", "skipped")]
    assert counts == ["6", "2", "1", "2"]
    assert root.attrib["tests"] == "12"


def test_family_and_id_name_a_case_and_its_message_is_the_first_difference(path: Path) -> None:
    root = written(path, one_of_each())
    (case,) = root.findall(".//testcase[@name='sendmail/refused']")
    assert case.attrib["classname"] == "sendmail"
    failure = case.find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "call: sendmail: expected the return value 250, got the return value 299"
    assert "again: smtp-conformance run --client smtplib sendmail/refused" in str(failure.text)
    assert "> C: ehlo [127.0.0.1]" in str(case.findtext("system-out"))


@pytest.mark.parametrize(
    ("scenario", "outcome", "message"),
    [
        ("lmtp/hangs", "error", "the candidate hung"),
        ("lmtp/unix", "skipped", "unsupported: no LMTP"),
        ("auth/listed", "skipped", "known: gh-1: it is so"),
        ("auth/breach", "failure", r"clause wire.ascii-only: octet \xe9 came"),
    ],
)
def test_each_verdict_has_its_outcome(path: Path, scenario: str, outcome: str, message: str) -> None:
    root = written(path, one_of_each())
    (told,) = root.findall(f".//testcase[@name='{scenario}']/{outcome}")
    assert told.attrib["message"] == message


def test_harmful_octets_leave_well_formed_xml_without_control_characters(path: Path) -> None:
    root = written(path, of_candidates([harmful()], "exec:sh -c '\x1b\x00<b>'"))
    text = "".join(root.itertext()) + "".join(value for element in root.iter() for value in element.attrib.values())
    assert not [char for char in text if char < " " and char not in "\t\r\n"]
    assert r"\x1b[31m" in text
    assert not root.findall(".//script")


def test_what_xml_has_no_place_for_is_replaced() -> None:
    assert (
        legal("a\x00\x1b\x0b\ud800\ufffe\N{GRINNING FACE}é\n") == "a\ufffd\ufffd\ufffd\ufffd\ufffd\N{GRINNING FACE}é\n"
    )
