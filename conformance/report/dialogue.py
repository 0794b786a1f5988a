"""This module owns the picture of a scenario before it is played: an annotated dialogue, as the RFCs write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from conformance.report.failure import printable, wording
from conformance.report.norm import in_words
from conformance.report.styled import Style, StyledLine, line
from conformance.scenario.model import Clause, ClientStep, Scenario, Verb
from conformance.scenario.tree import Node, plain
from conformance.scenario.tree import Sequence as ListNode
from fake_servers import steps

_LONGEST_ARGUMENTS = 1000
"""Characters of the arguments of a call that are shown."""


def dialogues_of(scenarios: Iterable[Scenario], clauses: Mapping[str, Clause]) -> Iterator[StyledLine]:
    """Yield the lines of annotated dialogues: duties, clauses, what is given, both sides.

    What the cases of one file share is told once, and those that are played alike (over several transports) together.
    """
    files: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        files.setdefault(scenario.file_id, []).append(scenario)
    for number, (file_id, cases) in enumerate(files.items()):
        if number:
            yield line("")
        yield from _head(cases[0].id if len(cases) == 1 else file_id, cases, clauses)
        if len(cases) == 1:
            yield from _both_sides(cases[0])
            continue
        alike: dict[tuple[StyledLine, ...], list[str]] = {}
        for case in cases:
            alike.setdefault(tuple(_both_sides(case)), []).append(case.id.removeprefix(file_id))
        for lines, names in alike.items():
            yield line("")
            yield line((", ".join(names), Style.HEAD))
            yield from lines


def _head(name: str, cases: Sequence[Scenario], clauses: Mapping[str, Clause]) -> Iterator[StyledLine]:
    first = cases[0]
    over = ", ".join(dict.fromkeys(case.over for case in cases))
    tags = f", tags {' '.join(sorted(first.tags))}" if first.tags else ""
    count = f", {len(cases)} cases" if len(cases) > 1 else ""
    yield line((name, Style.HEAD), f": {first.title}")
    yield line((f"level {first.level}, over {over}{tags}{count}, in {first.path}", Style.QUIET))
    for clause_id in dict.fromkeys(clause_id for case in cases for clause_id in case.clauses):
        clause = clauses[clause_id]
        yield line(
            ("  clause ", Style.QUIET), f"{clause.id} ", (f"({in_words(clause)})", Style.QUIET), f": {clause.says}"
        )
    if first.note:
        yield line(f"  note: {first.note.strip()}")


def _both_sides(scenario: Scenario) -> Iterator[StyledLine]:
    for key, value in scenario.given:
        yield line(f"  given {key}: {plain(value)}")
    if scenario.script:
        yield line("")
        yield from _server_side(scenario.script)
    yield line("")
    yield line(("The client", Style.HEAD))
    for step in scenario.client:
        yield from _client_lines(step)


def _server_side(script: steps.Script) -> Iterator[StyledLine]:
    yield line(("The server", Style.HEAD))
    for number, dialogue in enumerate(script.dialogues, 1):
        if len(script.dialogues) > 1:
            yield line((f"  connection {number} ({dialogue.transport})", Style.QUIET))
        yield from _server_lines(dialogue.steps, "  ")
    courteous = all(dialogue.courteous for dialogue in script.dialogues)
    then = "RSET, NOOP, QUIT and EHLO are answered politely" if courteous else "nothing is expected"
    yield line((f"  then: {then}", Style.QUIET))


def _server_lines(played: tuple[steps.Step, ...], indent: str) -> Iterator[StyledLine]:
    for step in played:
        if isinstance(step, steps.Branches):
            for branch in step.branches:
                yield line((f"{indent}{'or' if branch is not step.branches[0] else 'either'}", Style.QUIET))
                yield from _server_lines(branch, f"{indent}  ")
        elif isinstance(step, steps.Reply):
            for text in step.octets.decode("utf-8", "replace").splitlines():
                unasked = "" if step.asked else "   (unasked)"
                yield line((f"{indent}S: {printable(text)}", Style.SERVER), (unasked, Style.QUIET))
        else:
            yield line((f"{indent}{wording(step.label)}", Style.CLIENT))


def _client_lines(step: ClientStep) -> Iterator[StyledLine]:
    implied = "   (implied by the transport)" if step.implied else ""
    kwargs = ", ".join(f"{name}={plain(value)!r}" for name, value in step.kwargs)
    watch = f"   watching {', '.join(step.watch)}" if step.watch else ""
    on = f" on {step.on}" if step.on != "client" else ""
    words = f"{wording(_step_in_full(step))}{f' {kwargs}' if kwargs and step.verb is not Verb.SET else ''}{on}"
    yield line((f"  {words}", Style.CLIENT), (f"{watch}{implied}", Style.QUIET))
    for number, outcome in enumerate(step.outcomes):
        lead = "    or " if number else "    "
        if outcome.raises:
            attributes = "".join(f", {name} {_shown(value)}" for name, value in outcome.attributes)
            yield line(lead, (f"raises {' or '.join(outcome.raises)}{attributes}", Style.EXPECTED))
        elif outcome.returns is not None:
            yield line(lead, (f"returns {_shown(outcome.returns)}", Style.EXPECTED))
        elif outcome.anything:
            yield line(lead, ("returns or raises, as it likes", Style.EXPECTED))
    for name, value in (*step.attributes, *step.checks):
        yield line(f"    {name}: ", (_shown(value), Style.EXPECTED))


def _step_in_full(step: ClientStep) -> str:
    """Return a step as its author wrote it: its label is for messages, and leaves out what is long."""
    if step.verb is Verb.EXPECT:
        return str(step.verb)  # what is expected follows, a line each
    if not step.args or not step.label.endswith(" characters)"):
        return step.label
    arguments = repr([plain(node) for node in step.args])
    more = len(arguments) - _LONGEST_ARGUMENTS
    shown = arguments if more <= 0 else f"{arguments[:_LONGEST_ARGUMENTS]}… ({more} characters more)"
    return f"{step.verb}: {step.subject} {shown}"


def _shown(node: Node) -> str:
    tag = f"!{node.tag} " if node.tag else ""
    if isinstance(node, ListNode):
        return f"{tag}[{', '.join(_shown(item) for item in node.items)}]"
    return f"{tag}{plain(node)!r}" if plain(node) is not None or not tag else tag.strip()
