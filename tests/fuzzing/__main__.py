"""This module owns ``python -m tests.fuzzing``: it searches for inputs that break a property, for so many seconds.

Each property gets its share of the time in a process of its own. hypothesis searches at random; of properties that are
nothing but computing, half of the time goes to a search by coverage (atheris, where it is installed). What reaches new
code, and what broke a property, stays in the corpus, a folder that grows from one search to the next.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.fuzzing.profiles import CORPUS_VARIABLE

HERE = Path(__file__).parent
BY_TALKING = ("test_random_servers", "test_hostile_clients")
"""Modules whose properties wait for sockets: what they cover hangs on the threads, and steers nothing."""
INSTRUMENTED = ("reference_client", "fake_servers", "conformance.scenario", "conformance.driver", "conformance.serving")
_LONGER = 120.0  # seconds that a search may need beyond its time: to start, to end, and to make an input small


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property: a test of this folder that hypothesis gives its inputs."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}:{self.name}"

    @property
    def by_coverage(self) -> bool:
        """Whether it can be searched by coverage."""
        return self.module not in BY_TALKING and find_spec("atheris") is not None

    def test(self) -> Callable[..., Any]:
        """Return the test itself."""
        found: Callable[..., Any] = getattr(importlib.import_module(f"tests.fuzzing.{self.module}"), self.name)
        return found


def properties(wanted: str = "") -> Iterator[Property]:
    """Yield all properties whose name contains this."""
    for path in sorted(HERE.glob("test_*.py")):
        module = importlib.import_module(f"tests.fuzzing.{path.stem}")
        for name, value in vars(module).items():
            if name.startswith("test_") and hasattr(value, "hypothesis") and wanted in f"{path.stem}:{name}":
                yield Property(module=path.stem, name=name)


def search(one: Property, seconds: float, corpus: Path) -> bool:
    """Search in a process of its own; return whether nothing was found."""
    folder = corpus / one.name
    folder.mkdir(parents=True, exist_ok=True)
    before = sum(1 for _ in folder.iterdir())
    command = [sys.executable, "-m", "tests.fuzzing", "--search", str(one), "--seconds", str(seconds)]
    command += ["--corpus", str(corpus)]
    environment = {**os.environ, CORPUS_VARIABLE: str(corpus)}
    began = time.monotonic()
    try:
        ended = subprocess.run(  # noqa: S603 - our own command
            command, env=environment, capture_output=True, text=True, timeout=seconds + _LONGER, check=False
        )
        code, said = ended.returncode, ended.stdout + ended.stderr
    except subprocess.TimeoutExpired as late:
        code, said = 1, f"{late}: an input takes for ever, or the machine is very busy"
    took = time.monotonic() - began
    after = sum(1 for _ in folder.iterdir())
    how = "by coverage" if one.by_coverage else "at random"
    kept = f", corpus {before} -> {after}" if one.by_coverage else ""
    tried = next((line for line in said.splitlines() if line.startswith(("tried", "Done"))), "")
    print(f"{'FOUND' if code else 'ok   '} {one} {how}, {took:.0f} s{kept} {tried}", flush=True)
    if code:
        print("\n".join(said.splitlines()[-80:]), flush=True)
    return not code


def search_here(one: Property, seconds: float, corpus: Path) -> None:
    """Search in this process, until the time is over or something is found."""
    _at_random(one, seconds / 2 if one.by_coverage else seconds)
    if one.by_coverage:
        _by_coverage(one, seconds / 2, corpus / one.name)


def _instrumented() -> contextlib.AbstractContextManager[None]:
    """Return what makes modules count their branches and comparisons, if they are imported within it."""
    import atheris  # noqa: PLC0415 - it is not there on every system

    # Without the hooks for regular expressions: atheris 3.0 cannot read those of octets.
    found: contextlib.AbstractContextManager[None] = atheris.instrument_imports(include=list(INSTRUMENTED))
    return found


def _by_coverage(one: Property, seconds: float, folder: Path) -> None:
    """Let atheris search; it ends the process itself, with a code other than 0 if something was found."""
    import atheris  # noqa: PLC0415 - it is not there on every system

    try_one = one.test().hypothesis.fuzz_one_input  # type: ignore[attr-defined]
    options = [f"-max_total_time={max(seconds, 1):.0f}", "-verbosity=1", "-print_final_stats=1", "-timeout=60"]
    options += ["-max_len=4096", f"-artifact_prefix={folder.parent}/found-"]
    atheris.Setup([sys.argv[0], str(folder), *options], try_one)
    atheris.Fuzz()


def _at_random(one: Property, seconds: float) -> None:
    """Let hypothesis search again and again, each time somewhere else."""
    test = one.test()
    ends = time.monotonic() + seconds
    rounds = 0
    while rounds == 0 or time.monotonic() < ends:
        test()
        rounds += 1
    print(f"tried {rounds} times 100 inputs")


def main() -> int:
    """Do as the command line says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="for all properties together (default: 120)")
    parser.add_argument("--corpus", type=Path, default=Path(".fuzz-corpus"), help="a folder that grows")
    parser.add_argument("--only", default="", metavar="TEXT", help="only properties whose name contains this")
    parser.add_argument("--search", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.search:
        module, _, name = options.search.partition(":")
        one = Property(module=module, name=name)
        with _instrumented() if one.by_coverage else contextlib.nullcontext():
            one.test()
        search_here(one, options.seconds, options.corpus)
        return 0
    options.corpus.mkdir(parents=True, exist_ok=True)
    found = list(properties(options.only))
    if not found:
        parser.error(f"no property has {options.only!r} in its name")
    share = options.seconds / len(found)
    good = [search(one, share, options.corpus.resolve()) for one in found]
    print(f"{len(good)} properties, {good.count(False) or 'none'} of them broken; corpus in {options.corpus}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
