"""This module owns what ``list``, ``show``, ``clauses`` and ``report`` tell, in the style of a run's report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from conformance.report.dialogue import dialogue_of
from conformance.report.failure import printable
from conformance.report.merging import Collected
from conformance.report.norm import in_words
from conformance.report.screen import Screen
from conformance.report.styled import Style
from conformance.report.summary import standing_of
from conformance.runner.verdict import Verdict
from conformance.scenario.collection import Corpus, read_catalogue
from conformance.scenario.lint import coverage
from conformance.scenario.model import Clause, Scenario


def list_of(scenarios: Sequence[Scenario]) -> None:
    """Tell id, level and title of scenarios."""
    screen = Screen()
    width = max(len(scenario.id) for scenario in scenarios)
    for scenario in scenarios:
        screen.say((f"{scenario.id:{width}}", Style.HEAD), (f"  {scenario.level:10}  ", Style.QUIET), scenario.title)
    if screen.terminal:
        screen.say((f"{len(scenarios)} scenarios", Style.QUIET))


def show_all(scenarios: Sequence[Scenario], clauses: Mapping[str, Clause]) -> None:
    """Show scenarios, each as an annotated dialogue."""
    screen = Screen()
    for number, scenario in enumerate(scenarios):
        if number:
            screen.say("")
        screen.say_lines(dialogue_of(scenario, clauses))


def list_of_clauses(corpus: Corpus, *, uncovered: bool) -> None:
    """Tell the clauses, and how many scenario files judge each."""
    screen = Screen()
    counts = coverage(corpus)
    for clause in corpus.clauses.values():
        count = counts[clause.id]
        if not (uncovered and count):
            screen.say(
                (f"{count:4}", Style.PLAIN if count else Style.BAD),
                (f"  {clause.level:10}  ", Style.QUIET),
                (clause.id, Style.HEAD),
                (f"  ({in_words(clause)})  ", Style.QUIET),
                clause.says,
            )
    covered = sum(1 for clause_id in corpus.clauses if counts[clause_id])
    screen.say(f"{covered} of {len(corpus.clauses)} clauses have a scenario")


def tell_of(collected: Collected, folders: Sequence[Path]) -> None:
    """Tell what result files hold: notes, and of each candidate whether it conforms."""
    screen = Screen()
    clauses = read_catalogue(folders)
    for note in collected.notes:
        screen.say((f"note: {note}", Style.UNSUPPORTED))
    part = " in the part that was played" if collected.partial else ""
    for column in collected.columns:
        standing = standing_of(column.results.values(), clauses)
        word, style = ("conforms", Style.GOOD) if standing.conforms else ("does not conform", Style.BAD)
        counts = ", ".join(f"{count} {verdict}" for verdict in Verdict if (count := standing.counts[verdict]))
        screen.say(
            (printable(column.name), Style.HEAD),
            " ",
            (word, style),
            f"{part}: {counts}",
            (f"  ({printable(column.words)})", Style.QUIET),
        )
