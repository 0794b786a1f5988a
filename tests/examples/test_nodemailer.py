"""The driver in JavaScript: it speaks the protocol, and nodemailer is judged by it, wherever Node and npm are."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "nodemailer"
pytestmark = pytest.mark.skipif(not (shutil.which("node") and shutil.which("npm")), reason="Node.js or npm is missing")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with nodemailer beside it, as its README says."""
    folder = tmp_path_factory.mktemp("nodemailer")
    for file in EXAMPLE.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    npm = str(shutil.which("npm"))
    done = subprocess.run(  # noqa: S603 - npm as the README says
        [npm, "install", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"npm cannot install nodemailer here: {done.stderr.strip()[-300:]}")
    return folder


def conformance(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "conformance", *arguments]
    return subprocess.run(  # noqa: S603 - our own command line
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="session")
def verdicts(installed: Path) -> dict[str, dict[str, Any]]:
    """The results of some scenarios that tell much about a driver."""
    options = ["--client", "exec:node driver.js", "--json", "results.json", "-q"]
    done = conformance("run", *options, "sendmail", "lmtp", "tls", folder=installed)
    assert done.returncode == 1, done.stdout + done.stderr
    records = [json.loads(line) for line in (installed / "results.json").read_text().splitlines()]
    return {record["id"]: record for record in records if record["type"] == "result"}


def test_the_driver_speaks_the_protocol(installed: Path) -> None:
    done = conformance("driver", "check", "--", "node", "driver.js", folder=installed)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_scenario_brings_the_driver_down(verdicts: dict[str, dict[str, Any]]) -> None:
    assert {name: each["reason"] for name, each in verdicts.items() if each["verdict"] == "error"} == {}


@pytest.mark.parametrize(
    "scenario",
    [
        "lmtp/second-message[lmtp]",
        "lmtp/one-recipient[unix]",
        "sendmail/all-refused[permanent,tcp]",
        "sendmail/partial-refusal[middle,tls]",
        "sendmail/sender-refused[550,lmtp]",
        "tls/certificate-refused[wrong-host]",
        "tls/client-certificate-of-the-context",
    ],
)
def test_what_nodemailer_does_right_passes(verdicts: dict[str, dict[str, Any]], scenario: str) -> None:
    assert verdicts[scenario]["verdict"] == "pass", verdicts[scenario]["differences"]


def test_what_nodemailer_has_no_counterpart_for_is_unsupported(verdicts: dict[str, dict[str, Any]]) -> None:
    reasons = [each["reason"] for each in verdicts.values() if each["verdict"] == "unsupported"]
    assert any("nodemailer has no counterpart of" in reason for reason in reasons)
    assert all(reasons)
