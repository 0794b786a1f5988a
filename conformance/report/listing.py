"""This module owns what ``list``, ``show``, ``clauses`` and ``report`` tell, in the style of a run's report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from pathlib import Path

from conformance.errors import NothingSelectedError
from conformance.report.conclusion import conclusion_by_level, conclusions_table
from conformance.report.dialogue import dialogues_of
from conformance.report.failure import printable
from conformance.report.merging import Collected
from conformance.report.norm import in_words
from conformance.report.screen import Screen
from conformance.report.styled import Style
from conformance.report.summary import standing_of
from conformance.scenario.collection import Corpus, read_catalogue
from conformance.scenario.lint import coverage
from conformance.scenario.model import Clause, Scenario
from conformance.scenario.tree import did_you_mean
from fake_servers.globs import matches


def list_of(scenarios: Sequence[Scenario]) -> None:
    """Tell id, level and title of scenarios: to programs a line each, to people a title and its cases."""
    screen = Screen()
    if screen.terminal:
        _list_for_people(screen, scenarios)
        return
    width = max(len(scenario.id) for scenario in scenarios)
    for scenario in scenarios:
        screen.say(f"{scenario.id:{width}}  {scenario.level:10}  {scenario.title}")


def _list_for_people(screen: Screen, scenarios: Sequence[Scenario]) -> None:
    files: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        files.setdefault(scenario.file_id, []).append(scenario)
    for file_id, cases in files.items():
        first = cases[0]
        name = first.id if len(cases) == 1 else file_id
        screen.say((name, Style.HEAD), (f"  {first.level}", Style.QUIET))
        screen.say(f"    {first.title}")
        if len(cases) > 1:
            screen.say((f"    {' '.join(case.id.removeprefix(file_id) for case in cases)}", Style.QUIET))
    screen.say((f"{len(scenarios)} scenario{_s(scenarios)} in {len(files)} file{_s(files)}", Style.QUIET))


def _s(things: Sized) -> str:
    return "s" * (len(things) != 1)


def show_all(scenarios: Sequence[Scenario], clauses: Mapping[str, Clause]) -> None:
    """Show scenarios, each file as an annotated dialogue."""
    Screen().say_lines(dialogues_of(scenarios, clauses))


def list_of_clauses(corpus: Corpus, *, patterns: Sequence[str] = (), uncovered: bool = False) -> None:
    """Tell the clauses, and how many scenario files judge each: to programs a line each, to people two.

    Args:
        corpus: the scenarios and the catalogue.
        patterns: globs, or the first parts of ids; none: all.
        uncovered: only those that no scenario judges.

    Raises:
        NothingSelectedError: a pattern means no clause.
    """
    screen = Screen()
    counts = coverage(corpus)
    for pattern in patterns:
        if not any(_means(pattern, clause_id) for clause_id in corpus.clauses):
            known = {part for clause_id in corpus.clauses for part in (clause_id, clause_id.partition(".")[0])}
            raise NothingSelectedError(f"{pattern!r} matches no clause{did_you_mean(pattern, sorted(known))}")
    meant = {
        clause_id: clause
        for clause_id, clause in corpus.clauses.items()
        if not patterns or any(_means(pattern, clause_id) for pattern in patterns)
    }
    for clause in meant.values():
        if not (uncovered and counts[clause.id]):
            _tell_clause(screen, clause, counts[clause.id])
    covered = sum(1 for clause_id in meant if counts[clause_id])
    screen.say(f"{covered} of {len(meant)} clauses have a scenario")


def _means(pattern: str, clause_id: str) -> bool:
    return matches(pattern, clause_id) or clause_id.startswith(f"{pattern}.")


def _tell_clause(screen: Screen, clause: Clause, count: int) -> None:
    source = f"  ({in_words(clause)})"
    if not screen.terminal:
        screen.say(f"{count:4}  {clause.level:10}  {clause.id}{source}  {clause.says}")
        return
    files = (f"  {count} file{'s' * (count != 1)}", Style.QUIET if count else Style.BAD)
    screen.say((clause.id, Style.HEAD), (f"  {clause.level}{source}", Style.QUIET), files)
    screen.say(f"    {clause.says}")


def tell_of(collected: Collected, folders: Sequence[Path]) -> None:
    """Tell what result files hold: notes, and of each candidate whether it conforms."""
    screen = Screen()
    clauses = read_catalogue(folders)
    for note in collected.notes:
        screen.say((f"note: {note}", Style.UNSUPPORTED))
    if len(collected.columns) > 1:
        results = {column.name: tuple(column.results.values()) for column in collected.columns}
        heads, rows = conclusions_table(results, clauses, partial=collected.partial)
        screen.table(heads, rows, left=2)
        return
    (column,) = collected.columns
    standing = standing_of(column.results.values(), clauses)
    screen.say((printable(column.words), Style.QUIET))
    screen.say_lines(conclusion_by_level(column.name, standing, partial=collected.partial))
