"""This module owns what a run tells on a terminal: while it goes on, and when it has ended."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.errors import ExitCode
from conformance.report.failure import failure_lines, first_words, printable, rerun_command, wording
from conformance.report.screen import Screen
from conformance.report.styled import Span, Style, line
from conformance.report.summary import BINDING, LevelStanding, by_family, slowest, standing_of
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.model import Clause

_MOST_IN_FULL = 12
"""Failures that are told in full where there are more; of each clause the first comes first."""
_MOST_OF_A_CLAUSE = 3
"""Failures of one clause that are told in a line, where there are many."""
_MOST_CLAUSES = 40
_LETTERS = {Verdict.FAIL: "F", Verdict.ERROR: "E", Verdict.UNSUPPORTED: "U", Verdict.KNOWN: "K"}


class TerminalReport:
    """Tells of a run.

    Args:
        clauses: the catalogue.
        clients: the candidates as the user named them.
        verbosity: 0 is usual; below, only what is wrong, in a line each; 1 tells every scenario and all failures in
            full; 2 leaves nothing out of their dialogues either.
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
        self._expected = 0
        self._began = time.monotonic()

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

    def add(self, result: Result) -> None:
        """Take one result."""
        self._totals[result.verdict] += 1
        self._screen.progress(
            done=self._totals.total(),
            total=self._expected,
            family=result.family,
            totals={Style(verdict): self._totals[verdict] for verdict in Verdict},
        )
        if self._verbosity > 0:
            candidate = f" @{printable(result.candidate)}" if len(self._clients) > 1 else ""
            wrong = f": {first_words(result)}" if result.verdict is not Verdict.PASS else ""
            self._screen.say((f"{result.verdict:11} ", Style(result.verdict)), f"{result.id}{candidate}{wrong}")

    def end(self, results: Sequence[Result], broken: Sequence[str], code: int) -> None:
        """Tell what came out of the whole run."""
        self._screen.stop()
        for text in broken:
            self._screen.say(("broken scenario ", Style.BAD), text)
        ordered = sorted(results, key=lambda result: (self._clients.index(result.candidate), result.family, result.id))
        if self._verbosity >= 0 and results:
            self._table(ordered)
        self._failures([result for result in ordered if result.verdict in (Verdict.FAIL, Verdict.ERROR)])
        self._breaches(ordered)
        self._slowest(ordered)
        if self._verbosity >= 0:
            self._screen.say("")
        for client in self._clients:
            self._conclusion(client, [result for result in ordered if result.candidate == client])
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

    def _failures(self, failures: Sequence[Result]) -> None:
        if self._verbosity < 0:
            for result in failures:
                candidate = f" @{printable(result.candidate)}" if len(self._clients) > 1 else ""
                self._screen.say(
                    (f"{result.verdict} ", Style(result.verdict)), f"{result.id}{candidate}: {first_words(result)}"
                )
            return
        bounded = len(failures) > _MOST_IN_FULL and self._verbosity == 0
        for result in _representative(failures) if bounded else failures:
            self._screen.say("")
            self._screen.rule(f"{result.verdict} {result.id}", Style(result.verdict))
            self._screen.say_lines(failure_lines(result, self._clauses, whole=self._verbosity > 1))
        if bounded:
            self._by_clause(failures)

    def _by_clause(self, failures: Sequence[Result]) -> None:
        """Tell of many failures what they have in common."""
        self._screen.say("")
        self._screen.rule(f"all {len(failures)} failures by clause", Style.FAIL)
        groups: dict[str, list[Result]] = {}
        for result in failures:
            groups.setdefault(result.clauses[0], []).append(result)
        largest = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        for clause_id, found in largest[:_MOST_CLAUSES]:
            says = f": {self._clauses[clause_id].says}" if clause_id in self._clauses else ""
            self._screen.say((f"{len(found):4} ", Style.FAIL), (clause_id, Style.HEAD), says)
            who = dict.fromkeys(result.id for result in found)
            more = f", … {len(who) - _MOST_OF_A_CLAUSE} more" if len(who) > _MOST_OF_A_CLAUSE else ""
            self._screen.say((f"     {', '.join(list(who)[:_MOST_OF_A_CLAUSE])}{more}", Style.QUIET))
        if len(largest) > _MOST_CLAUSES:
            self._screen.say(f"     … and {len(largest) - _MOST_CLAUSES} clauses more")
        example = rerun_command(largest[0][1][0]).rpartition(" ")[0]
        self._screen.say(f"{_MOST_IN_FULL} of {len(failures)} failures are told in full above.")
        self._screen.say("  all of them:         ", ("add -v", Style.COMMAND))
        self._screen.say("  those of a clause:   ", (f"{example} {largest[0][0]}", Style.COMMAND))
        self._screen.say("  to look through:     ", ("add --html page.html", Style.COMMAND))

    def _breaches(self, results: Sequence[Result]) -> None:
        """Tell of the always-on wire checks that were broken beside what scenarios judge."""
        by_clause: dict[str, list[Result]] = {}
        for result in results:
            for clause in {breach.clause for breach in result.breaches}:
                by_clause.setdefault(clause, []).append(result)
        for clause, found in sorted(by_clause.items()):
            example = next(breach for breach in found[0].breaches if breach.clause == clause)
            says = self._clauses[clause].says if clause in self._clauses else ""
            who = Counter(printable(result.candidate) for result in found)
            told = ", ".join(f"{client} in {count} scenario{'s' * (count != 1)}" for client, count in who.items())
            self._screen.say("")
            self._screen.say((f"broken beside what is judged: clause {clause}", Style.BAD), f": {says}")
            self._screen.say(f"    by {told}")
            self._screen.say(f"    first in {found[0].id}: {wording(example.message)}")

    def _slowest(self, results: Sequence[Result]) -> None:
        if not (self._durations and results):
            return
        self._screen.say("")
        self._screen.say(("the slowest scenarios", Style.HEAD))
        for result in slowest(results, self._durations):
            candidate = f" @{printable(result.candidate)}" if len(self._clients) > 1 else ""
            self._screen.say(f"  {result.duration:8.3f} s  {result.id}{candidate}")

    def _conclusion(self, client: str, results: Sequence[Result]) -> None:
        if not results:
            return
        standing = standing_of(results, self._clauses)
        word = "conforms" if standing.conforms else "does not conform"
        part = " in the part that was played" if self._partial else ""
        name = (printable(client), Style.HEAD)
        self._screen.say(name, (f" {word}", Style.GOOD if standing.conforms else Style.BAD), part)
        if self._verbosity >= 0:
            for level in standing.levels:
                self._screen.say(*_level_line(level))


def _level_line(standing: LevelStanding) -> Sequence[Span]:
    word = "conforms" if standing.conforms else "does not conform"
    style = Style.GOOD if standing.conforms else Style.BAD
    parts = [f"{standing.passed} of {standing.total} passed"]
    parts.extend(f"{count} {verdict}" for verdict in _LETTERS if (count := standing.counts.get(verdict, 0)))
    if standing.breached:
        parts.append(f"broken on the wire: {', '.join(standing.breached)}")
    apart = "" if standing.level in BINDING else " (reported apart)"
    return line(f"  {standing.level:11} ", (f"{word:16}", style), f"  {', '.join(parts)}", (apart, Style.QUIET))


def _representative(failures: Sequence[Result]) -> list[Result]:
    """Return the failures to be told in full: of each clause the first, before any second."""
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, int, Result]] = []
    for number, result in enumerate(failures):
        ranked.append((seen[result.clauses[0]], number, result))
        seen[result.clauses[0]] += 1
    first = sorted(ranked, key=lambda item: item[:2])[:_MOST_IN_FULL]
    return [result for _, _, result in sorted(first, key=lambda item: item[1])]


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
