"""Nothing that a candidate does spoils the run: one ``error`` for what it did, and all other verdicts as without it."""

from __future__ import annotations

import json
import resource
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
MINIATURES = HERE / "driver" / "miniatures"
SPOILING_DRIVER = HERE / "spoiling" / "spoiling_driver.py"

QUIET = """\
title: A client says EHLO and gets an answer
clauses: [ehlo.sends-ehlo]
level: documented
server:
  - hello: []
client:
  - open: SMTP
  - call: ehlo
    returns: [250, !type bytes]
"""
SPOILED = """\
title: A client says NOOP and gets an answer
clauses: [ehlo.sends-ehlo]
level: documented
deadline: 1
server:
  - hello: []
  - C: NOOP
  - S: 250 2.0.0 Ok
client:
  - open: SMTP
  - call: ehlo
  - call: noop
    returns: [250, !type bytes]
"""
CLIENT = """\
import reference_client
import unruly
from reference_client import *

class SMTP(reference_client.SMTP):
    def noop(self):
        unruly.SMTP().{deed}
"""
DEEDS = {
    "exits": ("exit(3)", "exited: with code 3"),
    "segfaults": ("crash()", "crashed: by signal SIGSEGV"),
    "loops": ("loop()", "hung: no answer within"),
    "loops_in_c": ("loop_in_c()", "hung: no answer within"),
    "closes_its_pipes": ("close_descriptors()", "exited: with code 70"),
    "forks_and_exits": ("fork_and_exit()", "exited: with code 5"),
    "handles_signals_and_loops": ("wait_with_own_handler()", "hung: no answer within"),
    "is_deaf": ("wait_deaf()", "hung: no answer within"),
    "writes_for_ever": ("wait_noisily()", "hung: no answer within"),
}
HARMLESS = {
    "writes_megabytes": "write_megabytes()",
    "forks_and_returns": "fork_and_return()",
    "takes_all_signals": "own_handlers()",
}
MANNERS = {
    "garbage": "expected an answer in JSON, got 'this is no answer'",
    "megabytes": "3000000 octets",
    "twice": "without being asked",
    "out-of-order": "expected the answer to request",
    "no-form": "$nonsense is no form of a value",
    "nothing": "hung: no answer within",
}


def run(folder: Path, clients: Sequence[str], *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    named = [option for client in clients for option in ("--client", client)]
    command = [sys.executable, "-m", "conformance", "run", *named, "--scenarios", "own", "mine", *arguments]
    return subprocess.run(  # noqa: S603 - our own command line
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, **more
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder: three scenarios, and candidates that do something unheard-of in the second."""
    folder = tmp_path_factory.mktemp("user")
    scenarios = folder / "own" / "mine"
    scenarios.mkdir(parents=True)
    for name, text in (("a-before", QUIET), ("b-spoiled", SPOILED), ("c-after", QUIET)):
        (scenarios / f"{name}.yaml").write_text(text)
    (folder / "unruly.py").write_text((MINIATURES / "unruly.py").read_text())
    for name, deed in {**{name: deed for name, (deed, _) in DEEDS.items()}, **HARMLESS}.items():
        (folder / f"{name}.py").write_text(CLIENT.format(deed=deed))
    return folder


def driver(manner: str) -> str:
    return f"exec:{shlex.join([sys.executable, str(SPOILING_DRIVER), manner])}"


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """The results of all these candidates and of the reference client, judged side by side in one run."""
    clients = ["reference_client", *DEEDS, *HARMLESS, *map(driver, MANNERS)]
    done = run(folder, clients, "--json", "results.json", "-n", "2")
    assert done.returncode == 1, done.stderr
    found: dict[str, dict[str, dict[str, Any]]] = {client: {} for client in clients}
    records = [json.loads(line) for line in (folder / "results.json").read_text().splitlines()]
    for record in records[1:-1]:
        assert record["id"] not in found[record["candidate"]], "two verdicts on one scenario"
        found[record["candidate"]][record["id"]] = record
    assert records[-1]["count"] == len(clients) * 3
    return found


def verdicts(of: dict[str, dict[str, Any]]) -> list[str]:
    return [of[f"mine/{name}"]["verdict"] for name in ("a-before", "b-spoiled", "c-after")]


@pytest.mark.parametrize("client", DEEDS)
def test_what_a_candidate_does_to_its_process_is_one_error(
    results: dict[str, dict[str, dict[str, Any]]], client: str
) -> None:
    assert verdicts(results[client]) == ["pass", "error", "pass"]
    assert DEEDS[client][1] in results[client]["mine/b-spoiled"]["reason"]


@pytest.mark.parametrize("manner", MANNERS)
def test_what_a_driver_answers_wrongly_is_one_error(results: dict[str, dict[str, dict[str, Any]]], manner: str) -> None:
    assert verdicts(results[driver(manner)]) == ["pass", "error", "pass"]
    assert MANNERS[manner] in results[driver(manner)]["mine/b-spoiled"]["reason"]


@pytest.mark.parametrize("client", HARMLESS)
def test_what_does_no_harm_is_judged_like_anything_else(
    results: dict[str, dict[str, dict[str, Any]]], client: str
) -> None:
    assert verdicts(results[client]) == ["pass", "fail", "pass"]  # NOOP was never sent


def test_candidates_beside_it_are_judged_as_without_it(results: dict[str, dict[str, dict[str, Any]]]) -> None:
    assert verdicts(results["reference_client"]) == ["pass", "pass", "pass"]


def test_a_hung_candidate_is_told_with_its_stack(results: dict[str, dict[str, dict[str, Any]]]) -> None:
    assert "in loop" in results["loops"]["mine/b-spoiled"]["reason"]


def test_a_machine_without_descriptors_is_not_the_candidates_fault(folder: Path) -> None:
    def leave_few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))

    done = run(folder, ["smtplib"], preexec_fn=leave_few)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "Too many open files" in done.stderr
    assert "cannot be driven" not in done.stderr


def test_a_machine_without_disk_is_not_the_candidates_fault(folder: Path) -> None:
    done = run(folder, ["smtplib"], "--json", "/dev/full")
    assert done.returncode in (2, 4), done.stdout + done.stderr
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
