"""This module owns how the failures of a run are told on a terminal: few in full, many by what they have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from conformance.report.alike import Group, file_of, grouped, lines_of_others, representative
from conformance.report.failure import failure_lines, first_words, printable, rerun_command, wording
from conformance.report.screen import Screen
from conformance.report.styled import Style
from conformance.runner.verdict import Result
from conformance.scenario.model import Clause

_MOST_IN_FULL = 12
"""Scenario files whose failures are told in full where more failed; of each clause the first comes first."""
_MOST_OF_A_CLAUSE = 3
"""Scenario files of one clause that are named in a line, where many failed."""
_MOST_CLAUSES = 40


class FailureList:
    """Tells failures.

    Args:
        screen: where.
        clauses: the catalogue.
        several: whether there are several candidates, so that each must be named.
        verbosity: as of the whole report.
    """

    def __init__(self, screen: Screen, clauses: Mapping[str, Clause], *, several: bool, verbosity: int) -> None:
        self._screen = screen
        self._clauses = clauses
        self._several = several
        self._verbosity = verbosity

    def tell(self, failures: Sequence[Result]) -> None:
        """Tell failures: quiet in a line each, verbose each in full, else those of one file together."""
        if self._verbosity < 0:
            for result in failures:
                name = f"{result.id}{self._of(result)}"
                self._screen.say((f"{result.verdict} ", Style(result.verdict)), f"{name}: {first_words(result)}")
        elif self._verbosity > 0:
            for result in failures:
                self._in_full(result)
        else:
            groups = grouped(failures)
            told = representative(groups, _MOST_IN_FULL)
            for group in told:
                self._in_full(group.first, group)
            if len(told) < len(groups):
                self._by_clause(failures, len(told), len(groups))

    def _of(self, result: Result) -> str:
        return f" @{printable(result.candidate)}" if self._several else ""

    def _in_full(self, result: Result, group: Group | None = None) -> None:
        self._screen.say("")
        more = f" and {len(group.others)} more" if group and group.others else ""
        self._screen.rule(f"{result.verdict} {result.id}{self._of(result)}{more}", Style(result.verdict))
        self._screen.say_lines(failure_lines(result, self._clauses, whole=self._verbosity > 1, named=True))
        if group:
            self._screen.say_lines(lines_of_others(group))

    def _by_clause(self, failures: Sequence[Result], told: int, files: int) -> None:
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
            self._screen.say((f"     {_files(found)}", Style.QUIET))
        if len(largest) > _MOST_CLAUSES:
            self._screen.say(f"     … and {len(largest) - _MOST_CLAUSES} clauses more")
        example = rerun_command(largest[0][1][0]).rpartition(" ")[0]
        self._screen.say("")
        self._screen.say(f"The failures of {told} of {files} scenario files are told in full above.")
        self._screen.say("  all of them:         ", ("add -v", Style.COMMAND))
        self._screen.say("  those of a clause:   ", (f"{example} {largest[0][0]}", Style.COMMAND))
        self._screen.say("  to look through:     ", ("add --html page.html", Style.COMMAND))

    def breaches(self, results: Sequence[Result]) -> None:
        """Tell of the always-on wire checks that were broken beside what scenarios judge."""
        by_clause: dict[str, list[Result]] = {}
        for result in results:
            for clause in {breach.clause for breach in result.breaches}:
                by_clause.setdefault(clause, []).append(result)
        for clause, found in sorted(by_clause.items()):
            example = next(breach for breach in found[0].breaches if breach.clause == clause)
            says = f": {self._clauses[clause].says}" if clause in self._clauses else ""
            who = Counter(printable(result.candidate) for result in found)
            told = ", ".join(f"{client} in {count} scenario{'s' * (count != 1)}" for client, count in who.items())
            head = (f"broken beside what is judged: clause {clause}", Style.BAD)
            if self._verbosity < 0:
                self._screen.say(head, f": by {told}")
                continue
            self._screen.say("")
            self._screen.say(head, says)
            self._screen.say(f"    by {told}")
            self._screen.say(f"    first in {found[0].id}{self._of(found[0])}: {wording(example.message)}")


def _files(found: Sequence[Result]) -> str:
    """Return the files of some failures, the first by name, each with the number of its cases."""
    counts = Counter(file_of(scenario_id) for scenario_id in dict.fromkeys(result.id for result in found))
    named = [f"{file} ({count} cases)" if count > 1 else file for file, count in counts.items()]
    more = f", … {len(named) - _MOST_OF_A_CLAUSE} more" if len(named) > _MOST_OF_A_CLAUSE else ""
    return f"{', '.join(named[:_MOST_OF_A_CLAUSE])}{more}"
