"""How fast the suite is, as ratios: ``python -m benchmarks.suite``.

Each figure compares two commands that take turns, so that whatever else the machine does meets both.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .figures import Effort, Figure, Measured, MissingError
from .pairs import Comparison, Spread
from .replay import replayable
from .screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_HERE = Path(__file__).parent
_RUN = [sys.executable, "-m", "conformance", "run", "-q"]
_TESTS = [sys.executable, "-m", "unittest", "test.test_smtplib"]
# As where a package is installed: its bytecode is there, as that of CPython's own tests is.
_KEEPING_BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
_NOTE = """A command's time is its processor time with that of its children, start and end included; by the clock: the
median of the ratios of elapsed time. Two workers and the first verdict are about elapsed time alone."""


@dataclass(frozen=True, slots=True)
class _Took:
    wall: float
    processor: float


def _took(command: Sequence[str], **environment: str) -> _Took:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, capture_output=True, env=_environment(**environment))  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return _Took(time.monotonic() - began, processor)


def _environment(**more: str) -> dict[str, str]:
    return {**os.environ, **_KEEPING_BYTECODE, **more}


def _in_turns(first: Callable[[], _Took], second: Callable[[], _Took], pairs: int, scale: float = 1.0) -> Comparison:
    """Return how many times as long the first takes as the second; ``scale`` multiplies what the second took."""
    taken = []
    for number in range(pairs):
        if number % 2:
            theirs, ours = second(), first()
        else:
            ours, theirs = first(), second()
        taken.append((ours, theirs))
    return Comparison(
        ratio=Spread.of([ours.processor / theirs.processor / scale for ours, theirs in taken]),
        by_wall_clock=Spread.of([theirs.wall * scale / ours.wall for ours, theirs in taken]),
        ours=Spread.of([ours.processor for ours, _ in taken]),
        theirs=Spread.of([theirs.processor for _, theirs in taken]),
    )


def _replays(effort: Effort) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        results, ids = Path(folder, "results.jsonl"), Path(folder, "ids")
        subprocess.run([*_RUN, "--json", str(results)], check=True, capture_output=True)  # noqa: S603
        rows = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
        chosen = [one.id for one in replayable(row for row in rows if row["type"] == "result")]
        ids.write_text("\n".join(chosen), encoding="utf-8")
        scenarios = str(_HERE.parent / "scenarios")
        plugin = ["-p", "benchmarks.only", "-c", str(_HERE / "only.pytest.ini")]
        run = [sys.executable, "-m", "pytest", "-q", *plugin, scenarios]
        replays = [sys.executable, "-m", "benchmarks.replay", str(results), str(ids)]
        comparison = _in_turns(
            lambda: _took(run, SMTP_BENCHMARK_IDS=str(ids)), lambda: _took(replays), effort.small_pairs
        )
    return Measured(figure=comparison.ratio, comparison=comparison)


def _test_smtplib(effort: Effort) -> Measured:
    said = subprocess.run(_TESTS, check=False, capture_output=True, text=True)  # noqa: S603
    ran = re.search(r"Ran (\d+) tests", said.stderr)
    if not ran or said.returncode:
        raise MissingError("test.test_smtplib does not run in this interpreter")
    listed = subprocess.run([*_RUN, "--json", "/dev/stdout"], check=True, capture_output=True, text=True).stdout  # noqa: S603
    scenarios = sum(map(_is_result, listed.splitlines()))
    comparison = _in_turns(
        lambda: _took(_RUN), lambda: _took(_TESTS), effort.small_pairs, scale=scenarios / int(ran[1])
    )
    return Measured(figure=comparison.ratio, comparison=comparison)


def _is_result(line: str | bytes) -> bool:
    text = line.decode() if isinstance(line, bytes) else line
    return text.startswith("{") and bool(json.loads(text)["type"] == "result")  # the run has its own last words


def _two_workers(effort: Effort) -> Measured:
    comparison = _in_turns(lambda: _took([*_RUN, "-n", "1"]), lambda: _took([*_RUN, "-n", "2"]), effort.small_pairs)
    clock = comparison.by_wall_clock  # the second, in firsts
    return Measured(
        figure=Spread(minimum=1 / clock.maximum, median=1 / clock.median, maximum=1 / clock.minimum), comparison=None
    )


def _first_verdict(effort: Effort) -> Measured:
    _until_first_verdict()  # reads what the others remember
    return Measured(figure=Spread.of([_until_first_verdict() for _ in range(3 * effort.small_pairs)]))


def _until_first_verdict() -> float:
    began = time.monotonic()
    command = [*_RUN, "--json", "/dev/stdout"]
    with subprocess.Popen(  # noqa: S603
        command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        assert run.stdout is not None  # noqa: S101 - a pipe, as asked for
        for line in run.stdout:
            if _is_result(line):
                break
        seconds = time.monotonic() - began
        run.terminate()
    return seconds


_FIGURES = [
    Figure(
        name="suite/first-verdict",
        what="start of a whole run to its first verdict, in seconds",
        at_most=1,
        measure=_first_verdict,
    ),
    Figure(
        name="suite/replays",
        what="a run, in bare replays of the same dialogues",
        at_most=3,
        measure=_replays,
    ),
    Figure(
        name="suite/test_smtplib",
        what="a scenario, in tests of CPython's test_smtplib",
        at_most=0.25,
        measure=_test_smtplib,
    ),
    Figure(
        name="suite/two-workers",
        what="-n 2: times as fast as -n 1",
        at_least=1.6,
        measure=_two_workers,
    ),
]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--pairs", default=5, show_default=True, help="Turns that each of two commands has.")
def main(pairs: int) -> None:
    """Measure the suite; a target that is missed is no error."""
    heading = f"{sys.implementation.name} {sys.version.split()[0]}, {os.cpu_count()} processors"
    with Screen().table(heading, _NOTE) as show:
        for figure in _FIGURES:
            try:
                show(figure, figure.measure(Effort(small_pairs=pairs)))
            except MissingError as missing:
                show(figure, missing)


if __name__ == "__main__":
    main()
