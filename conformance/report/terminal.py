"""This module owns what a run shows on a terminal. It is the only one that imports rich."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from conformance.errors import ExitCode
from conformance.report.failure import failure_text, headline, printable
from conformance.runner.verdict import Result, Verdict
from conformance.scenario.model import Clause, Level

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.ERROR: "bold magenta",
    Verdict.UNSUPPORTED: "yellow",
    Verdict.KNOWN: "cyan",
}


class TerminalReport:
    """Tells of a run while it goes on and when it has ended.

    Args:
        clauses: the catalogue.
        clients: the candidates as the user named them.
        verbosity: 0 is usual; below, only what is wrong; above, every scenario.
    """

    def __init__(self, *, clauses: Mapping[str, Clause], clients: Sequence[str], verbosity: int = 0) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._clauses = clauses
        self._clients = clients
        self._verbosity = verbosity
        self._totals: Counter[Verdict] = Counter()
        self._expected = 0
        self._began = time.monotonic()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[totals]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal or verbosity < 0,
        )
        self._task = self._progress.add_task("starting", total=None, totals="")

    def candidates(self, identities: Sequence[Mapping[str, Any]]) -> None:
        """Tell what is judged, and by which interpreter it is run."""
        self._began = time.monotonic()
        if self._verbosity >= 0:
            for identity in identities:
                parts = [f"{identity['implementation']} {identity['version']}".strip()]
                parts.extend(str(identity[key]) for key in ("language", "openssl") if identity[key])
                self._console.print(Text(f"judging {identity['name']}: {', '.join(map(printable, parts))}"))
        self._progress.start()

    def expect(self, count: int) -> None:
        """Tell how many scenarios will be played; the largest count stands, since each worker tells its own."""
        self._expected = max(self._expected, count)
        self._progress.update(self._task, total=self._expected)

    def add(self, result: Result) -> None:
        """Take one result."""
        self._totals[result.verdict] += 1
        totals = " ".join(f"{count} {verdict}" for verdict, count in self._totals.items())
        self._progress.update(self._task, advance=1, description=f"{result.family:14}", totals=totals)
        if self._verbosity > 0:
            self._console.print(Text(headline(result), style=STYLES[result.verdict]))

    def end(self, results: Sequence[Result], broken: Sequence[str], code: int) -> None:
        """Tell what came out of the whole run."""
        self._progress.stop()
        for text in broken:
            self._console.print(Text("broken scenario", style="bold red"), Text(text))
        self._failures(results)
        if self._verbosity >= 0 and results:
            for client in self._clients:
                self._table(client, [result for result in results if result.candidate == client])
        self._breaches(results)
        for client in self._clients:
            self._conclusion(client, [result for result in results if result.candidate == client])
        if code == ExitCode.NOTHING_SELECTED:
            self._console.print(Text("nothing was selected: no scenario was played", style="bold red"))
        elif self._verbosity >= 0:
            seconds = time.monotonic() - self._began
            self._console.print(Text(f"{len(results)} verdicts in {seconds:.1f} s"))

    def _failures(self, results: Sequence[Result]) -> None:
        for result in results:
            if result.verdict in (Verdict.FAIL, Verdict.ERROR):
                style = STYLES[result.verdict]
                if self._verbosity < 0:
                    self._console.print(Text(headline(result), style=style))
                    continue
                self._console.rule(Text(f"{result.verdict} {result.id}", style=style), align="left", style=style)
                self._console.print(Text(failure_text(result, self._clauses)))

    def _table(self, client: str, results: Sequence[Result]) -> None:
        table = Table(title=Text(f"{printable(client)}"), title_justify="left")
        table.add_column("family")
        for verdict in Verdict:
            table.add_column(str(verdict), justify="right", style=STYLES[verdict])
        families: dict[str, Counter[Verdict]] = {}
        for result in results:
            families.setdefault(result.family, Counter())[result.verdict] += 1
        for family, counts in sorted(families.items()):
            table.add_row(family, *(str(counts[verdict] or "") for verdict in Verdict))
        total = Counter(result.verdict for result in results)
        table.add_section()
        table.add_row("all", *(str(total[verdict]) for verdict in Verdict), style="bold")
        self._console.print(table)

    def _breaches(self, results: Sequence[Result]) -> None:
        """Tell of the always-on wire checks that were broken beside what scenarios judge."""
        by_clause: dict[tuple[str, str], list[Result]] = {}
        for result in results:
            for clause in {breach.clause for breach in result.breaches}:
                by_clause.setdefault((result.candidate, clause), []).append(result)
        for (client, clause), found in sorted(by_clause.items()):
            example = next(breach for breach in found[0].breaches if breach.clause == clause)
            says = self._clauses[clause].says if clause in self._clauses else ""
            text = f"{printable(client)} broke clause {clause} ({says}) in {len(found)} scenarios, first in {found[0].id}: "
            self._console.print(Text(text + printable(example.message), style="bold red"))

    def _conclusion(self, client: str, results: Sequence[Result]) -> None:
        if not results:
            return
        parts = []
        for level in Level:
            of_level = [result for result in results if result.level == level]
            passed = sum(result.verdict is Verdict.PASS for result in of_level)
            if of_level:
                parts.append(f"{level} {passed}/{len(of_level)}")
        wanting = [
            result for result in results if result.level != Level.DE_FACTO and result.verdict is not Verdict.PASS
        ]
        broken = any(result.breaches for result in results)
        word = "conforms" if not wanting and not broken else "does not conform"
        style = "bold green" if word == "conforms" else "bold red"
        self._console.print(Text(f"{printable(client)} {word}: {', '.join(parts)}", style=style))
