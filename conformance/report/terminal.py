"""This module owns what a run tells on a terminal: while it goes on, and when it has ended."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.errors import ExitCode
from conformance.report.conclusion import conclusion, conclusion_by_level, conclusions_table
from conformance.report.failure import first_words, printable
from conformance.report.failure_list import FailureList
from conformance.report.screen import Screen
from conformance.report.styled import Span, Style
from conformance.report.summary import by_family, slowest, standing_of
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.model import Clause

_LETTERS = {Verdict.FAIL: "F", Verdict.ERROR: "E", Verdict.UNSUPPORTED: "U", Verdict.KNOWN: "K"}


class TerminalReport:
    """Tells of a run.

    Args:
        clauses: the catalogue.
        clients: the candidates as the user named them.
        verbosity: 0 is usual; -1 only what is wrong, in a line each, and who conforms; -2 only who conforms; 1 tells
            every scenario and all failures in full; 2 leaves nothing out of their dialogues either.
        durations: how many of the slowest scenarios are told.
        partial: whether only a part of the scenarios was selected.
    """

    def __init__(
        self,
        *,
        clauses: Mapping[str, Clause],
        clients: Sequence[str],
        verbosity: int = 0,
        durations: int = 0,
        partial: bool = False,
    ) -> None:
        self._screen = Screen(live=verbosity >= 0)
        self._clauses = clauses
        self._clients = clients
        self._verbosity = verbosity
        self._durations = durations
        self._partial = partial
        self._totals: Counter[Verdict] = Counter()
        self._playing: dict[str, None] = {}
        self._expected = 0
        self._began = time.monotonic()

    @property
    def live(self) -> bool:
        """Whether it shows what is being played: on a terminal, unless it was asked to be quiet."""
        return self._screen.live

    def candidates(self, identities: Sequence[Mapping[str, Any]]) -> None:
        """Tell what is judged, and by which interpreter it is run."""
        self._began = time.monotonic()
        if self._verbosity >= 0:
            for identity in identities:
                parts = [f"{identity['implementation']} {identity['version']}".strip()]
                parts.extend(str(identity[key]) for key in ("language", "openssl") if identity[key])
                self._screen.say(
                    "judging ", (printable(str(identity["name"])), Style.HEAD), f": {', '.join(map(printable, parts))}"
                )
        self._screen.start()

    def expect(self, count: int) -> None:
        """Tell how many scenarios will be played; the largest count stands, since each worker tells its own."""
        self._expected = max(self._expected, count)

    def begin(self, name: str) -> None:
        """Note that a scenario is played now."""
        self._playing[name] = None
        self._progress()

    def finish(self, name: str) -> None:
        """Note that a scenario is played no longer."""
        self._playing.pop(name, None)

    def _progress(self) -> None:
        self._screen.progress(
            done=self._totals.total(),
            total=self._expected,
            playing=next(iter(self._playing), ""),  # the one that takes longest, where several are played at once
            totals={verdict: self._totals[verdict] for verdict in Verdict},
        )

    def add(self, result: Result) -> None:
        """Take one result."""
        self._totals[result.verdict] += 1
        self._progress()
        if self._verbosity > 0:
            candidate = f" @{printable(result.candidate)}" if len(self._clients) > 1 else ""
            wrong = f": {first_words(result)}" if result.verdict is not Verdict.PASS else ""
            self._screen.say((f"{result.verdict:11} ", Style(result.verdict)), f"{result.id}{candidate}{wrong}")

    def end(self, results: Sequence[Result], broken: Sequence[str], code: int) -> None:
        """Tell what came out of the whole run."""
        self._screen.stop()
        cut_short = code not in (ExitCode.OK, ExitCode.FAILED, ExitCode.USAGE, ExitCode.NOTHING_SELECTED)
        self._partial = self._partial or cut_short
        for text in broken:
            self._screen.say(("broken scenario ", Style.BAD), text)
        ordered = sorted(results, key=lambda result: (result.family, result.id, self._clients.index(result.candidate)))
        if self._verbosity >= 0 and results:
            self._table(ordered)
        if self._verbosity > -2:
            failures = FailureList(
                self._screen, self._clauses, several=len(self._clients) > 1, verbosity=self._verbosity
            )
            failures.tell([result for result in ordered if result.verdict in (Verdict.FAIL, Verdict.ERROR)])
            failures.breaches(ordered)
        self._slowest(ordered)
        self._conclusions(ordered)
        if cut_short:
            self._screen.say(("the run was cut short: what was not played is not judged", Style.BAD))
        if code == ExitCode.NOTHING_SELECTED:
            self._screen.say(("nothing was selected: no scenario was played", Style.BAD))
        elif self._verbosity >= 0:
            self._screen.say(
                (
                    f"{len(results)} verdict{'s' * (len(results) != 1)} in {time.monotonic() - self._began:.1f} s",
                    Style.QUIET,
                )
            )

    def wrote(self, paths: Sequence[Path]) -> None:
        """Tell where reports were written."""
        if self._verbosity >= 0:
            for path in paths:
                self._screen.say((f"wrote {path}", Style.QUIET))

    def _table(self, results: Sequence[Result]) -> None:
        self._screen.say("")
        if len(self._clients) == 1:
            self._families_by_verdict(results)
        else:
            self._families_by_candidate(results)

    def _families_by_verdict(self, results: Sequence[Result]) -> None:
        families = by_family(results)
        total = Counter(result.verdict for result in results)
        there = [verdict for verdict in Verdict if total[verdict] or verdict in (Verdict.PASS, Verdict.FAIL)]

        def row(name: str, counts: Counter[Verdict]) -> list[Span]:
            numbers = [(str(counts[verdict] or "·"), _style(verdict, counts[verdict])) for verdict in there]
            return [(name, Style.PLAIN), *numbers, (str(counts.total()), Style.PLAIN)]

        self._screen.table(
            ["family", *map(str, there), "all"],
            [row(family, counts) for family, counts in families.items()],
            total=row("all", total),
        )

    def _families_by_candidate(self, results: Sequence[Result]) -> None:
        """Lay the candidates side by side: what did not pass, by its letter; numbers for names where they are wide."""
        of_client = {client: [result for result in results if result.candidate == client] for client in self._clients}
        families = {client: by_family(found) for client, found in of_client.items()}
        names = [printable(client) for client in self._clients]
        if 18 + sum(max(len(name), 9) + 2 for name in names) > self._screen.width:
            for number, name in enumerate(names, 1):
                self._screen.say((f"[{number}] ", Style.HEAD), name)
            names = [f"[{number}]" for number in range(1, len(names) + 1)]
        every = by_family(results)
        rows = [
            [(family, Style.PLAIN), *(_cell(families[client].get(family, Counter())) for client in self._clients)]
            for family in every
        ]
        totals = [_cell(Counter(result.verdict for result in of_client[client])) for client in self._clients]
        passed = [str(sum(result.verdict is Verdict.PASS for result in of_client[client])) for client in self._clients]
        rows.append([("not passed", Style.HEAD), *totals])
        self._screen.table(["family", *names], rows, total=[("passed", Style.HEAD), *((n, Style.PASS) for n in passed)])
        letters = ", ".join(f"{letter} {verdict}" for verdict, letter in _LETTERS.items())
        self._screen.say((f"what did not pass: {letters}; a dot: all passed", Style.QUIET))

    def _slowest(self, results: Sequence[Result]) -> None:
        if not (self._durations and results):
            return
        self._screen.say("")
        self._screen.say(("the slowest scenarios", Style.HEAD))
        for result in slowest(results, self._durations):
            candidate = f" @{printable(result.candidate)}" if len(self._clients) > 1 else ""
            self._screen.say(f"  {result.duration:8.3f} s  {result.id}{candidate}")

    def _conclusions(self, results: Sequence[Result]) -> None:
        of_client = {client: [result for result in results if result.candidate == client] for client in self._clients}
        if len(self._clients) > 1 and self._verbosity >= 0:
            if results:
                self._screen.say("")
                heads, rows = conclusions_table(of_client, self._clauses, partial=self._partial)
                self._screen.table(heads, rows, left=2)
            return
        for client, found in of_client.items():
            if found and self._verbosity < 0:
                self._screen.say(*conclusion(client, standing_of(found, self._clauses), partial=self._partial))
            elif found:
                self._screen.say("")
                standing = standing_of(found, self._clauses)
                self._screen.say_lines(conclusion_by_level(client, standing, partial=self._partial))


def _style(verdict: Verdict, count: int) -> Style:
    return Style(verdict) if count else Style.QUIET


def _cell(counts: Counter[Verdict]) -> Span:
    if not counts.total():
        return " ", Style.PLAIN
    parts = [f"{counts[verdict]}{letter}" for verdict, letter in _LETTERS.items() if counts[verdict]]
    worst = next((verdict for verdict in (Verdict.ERROR, *_LETTERS) if counts[verdict]), None)
    return (" ".join(parts), Style(worst)) if worst else ("·", Style.PASS)


class ProgressOnly(TerminalReport):
    """Tells how far a run is, where there is a terminal, and nothing else: somebody makes words of the results."""

    def candidates(self, identities: Sequence[Mapping[str, Any]]) -> None:  # noqa: ARG002 - told with the results
        """Begin to draw the live line."""
        self._screen.start()

    def end(self, results: Sequence[Result], broken: Sequence[str], code: int) -> None:  # noqa: ARG002
        """Take the live line away; a broken scenario is told all the same."""
        self._screen.stop()
        for text in broken:
            self._screen.say(("broken scenario ", Style.BAD), text)
