"""driver check: each mistake is told in its step, with what to do and where to read; the exit code says the rest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.errors import CandidateError
from conformance.runner import driver_check
from conformance.runner.driver_check import Finding, check_driver

WRONG_DRIVER = Path(__file__).with_name("wrong_driver.py")
REPOSITORY = Path(__file__).parents[3]


def command(wrong: str) -> tuple[str, ...]:
    return sys.executable, str(WRONG_DRIVER), wrong


def headings() -> set[str]:
    """The anchors of the document that findings refer to."""
    text = (REPOSITORY / "docs" / "driver-protocol.md").read_text(encoding="utf-8")
    titles = [line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")]
    return {title.replace("`", "").lower().replace(" ", "-") for title in titles}


def mistakes(*driver: str) -> list[Finding]:
    return [finding for finding in check_driver(driver) if finding.wrong]


def test_a_driver_in_good_order_has_no_findings() -> None:
    findings = list(check_driver(command("nothing")))
    assert [finding for finding in findings if finding.wrong] == []
    assert len(findings) == 13


@pytest.mark.parametrize(
    ("wrong", "step", "told"),
    [
        ("numbers", "numbering", "request 7 was answered with id 8"),
        ("object", "open", 'expected {"$self": "client"}'),
        ("reply", "call", 'ehlo returned "250 ok"'),
        ("refused recipients", "values", "one of two recipients was refused"),
        ("names", "exceptions", "instance_of lacks OSError, SMTPException, SMTPRecipientsRefused"),
        ("absent", "get", "was answered by"),
        ("refuses", "unsupported", "was refused: what is that?"),
        ("quits", "close", "close sent QUIT"),
        ("keeps", "close", "after close the connection is"),
        ("dumps no stack", "deadline", "SIGUSR1 brings nothing"),
        ("stays", "stop", "it answers after stop"),
    ],
)
def test_a_mistake_is_told_in_its_step(monkeypatch: pytest.MonkeyPatch, wrong: str, step: str, told: str) -> None:
    monkeypatch.setattr(driver_check, "WITHIN", 1.0)  # for the connection that stays open
    found = {finding.step.partition(":")[0]: finding for finding in mistakes(*command(wrong))}
    assert told in found[step].wrong
    assert found[step].fix
    assert found[step].reference.partition("#")[2] in headings()


def test_a_driver_that_talks_first_is_told_about_standard_output() -> None:
    (finding, *_) = mistakes(*command("talks"))
    assert "standard output" in finding.fix


@pytest.mark.parametrize("driver", [("no-such-program-anywhere",), (sys.executable, "-c", "")])
def test_a_driver_that_cannot_be_started_is_no_finding(driver: tuple[str, ...]) -> None:
    with pytest.raises(CandidateError):
        mistakes(*driver)


@pytest.mark.parametrize(
    ("driver", "code", "told"),
    [
        (command("nothing"), 0, "this driver speaks the protocol"),
        (command("names"), 1, "read:  docs/driver-protocol.md#exceptions"),
        (("no-such-program-anywhere",), 3, "cannot run no-such-program-anywhere"),
    ],
)
def test_the_exit_code_says_what_came_out(driver: tuple[str, ...], code: int, told: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-m", "conformance", "driver", "check", "--", *driver],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert told in done.stdout + done.stderr
