"""A run that is cut short leaves nothing behind, and what it reports says that it is not all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.gauge import MARK, processes_marked

PATIENCE = 120.0  # seconds, on a machine that is busy with other tests
FAMILIES = ("sendmail", "send_message", "lmtp", "timeouts", "auth", "replies", "options")
HANGING = """\
from pathlib import Path

from reference_client import *
from reference_client import SMTP as _SMTP

class SMTP(_SMTP):
    def data(self, msg):
        Path(__file__).with_name("hangs").touch()
        while True:
            pass
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found by /proc")


class Run:
    """A run in a process and a place of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.json, self.html = folder / "results.jsonl", folder / "page.html"
        self.mark = f"{os.getpid()}-{time.monotonic_ns()}"
        command = [sys.executable, "-m", "conformance", "run", "--json", str(self.json), "--html", str(self.html)]
        environment = {**os.environ, MARK: self.mark, "TMPDIR": str(self.temporary)}
        environment["PYTHONPATH"] = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def lines(self) -> list[str]:
        """Return the lines of the result file so far."""
        return self.json.read_text(encoding="utf-8").splitlines() if self.json.exists() else []

    def wait_for_results(self, count: int) -> None:
        """Wait until so many results are written."""
        deadline = time.monotonic() + PATIENCE
        while len(self.lines()) <= count:
            assert self.process.poll() is None, f"the run is over: {self.process.communicate()[0]}"
            assert time.monotonic() < deadline, "no results came"
            time.sleep(0.01)

    def end(self) -> str:
        """Wait for its end; return what it wrote."""
        return self.process.communicate(timeout=PATIENCE)[0]

    def processes(self, part: str) -> dict[int, str]:
        """Return its processes whose command contains this."""
        return {number: command for number, command in processes_marked(self.mark).items() if part in command}

    def check_nothing_left(self) -> None:
        """Check that no process and no file is left, and that the reports say that they are not all."""
        deadline = time.monotonic() + 10  # the kernel takes its time to take a process away
        while self.processes("") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert self.processes("") == {}
        assert sorted(self.temporary.rglob("*")) == []
        records = [json.loads(line) for line in self.lines()]
        assert records[0]["type"] == "header"
        assert records[-1]["type"] == "result", "a footer says that all is there"
        assert "truncated" in self.html.read_text(encoding="utf-8")


@pytest.fixture
def started() -> Iterator[list[Run]]:
    for number in (signal.SIGINT, signal.SIGHUP):  # a job in the background starts with these ignored
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    runs: list[Run] = []
    yield runs
    for run in runs:
        run.process.kill()
        run.process.communicate()


@pytest.mark.parametrize(
    ("number", "code", "workers"),
    [
        (signal.SIGINT, 130, "0"),
        (signal.SIGINT, 130, "2"),
        (signal.SIGTERM, 143, "0"),
        (signal.SIGTERM, 143, "2"),
        (signal.SIGHUP, 129, "0"),
    ],
)
def test_a_run_that_is_interrupted_leaves_nothing_behind(
    tmp_path: Path, started: list[Run], number: int, code: int, workers: str
) -> None:
    run = Run(tmp_path, "-n", workers, *FAMILIES)
    started.append(run)
    run.wait_for_results(3)
    run.process.send_signal(number)
    said = run.end()
    assert run.process.returncode == code, said
    assert "cut short" in said
    run.check_nothing_left()


def worker_of(run: Run) -> int:
    """Return a worker of pytest-xdist."""
    return min(run.processes("exec(eval(sys.stdin.readline()"))


def test_a_worker_that_is_killed_leaves_nothing_behind(tmp_path: Path, started: list[Run]) -> None:
    run = Run(tmp_path, "-n", "2", *FAMILIES[:2])
    started.append(run)
    run.wait_for_results(3)
    os.kill(worker_of(run), signal.SIGKILL)
    said = run.end()
    assert run.process.returncode == 4, said
    assert "crashed" in said
    run.check_nothing_left()


def test_a_candidate_that_hangs_goes_with_its_worker(tmp_path: Path, started: list[Run]) -> None:
    (tmp_path / "hanging.py").write_text(HANGING, encoding="utf-8")
    run = Run(tmp_path, "-n", "1", "--client", "hanging", "--timeout-factor", "20", "sendmail/recipients-as-string")
    started.append(run)
    deadline = time.monotonic() + PATIENCE
    while not (tmp_path / "hangs").exists():
        assert run.process.poll() is None, run.end()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(worker_of(run), signal.SIGKILL)
    said = run.end()
    assert run.process.returncode == 4, said
    assert run.processes("") == {}
    assert sorted(run.temporary.rglob("*")) == []
