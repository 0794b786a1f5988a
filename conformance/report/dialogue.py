"""This module owns the picture of a scenario before it is played: an annotated dialogue, as the RFCs write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.report.failure import printable, wording
from conformance.report.norm import in_words
from conformance.report.styled import Style, StyledLine, line
from conformance.scenario.model import Clause, ClientStep, Scenario, Verb
from conformance.scenario.tree import Node, Sequence, plain
from fake_servers import steps


def dialogue_of(scenario: Scenario, clauses: Mapping[str, Clause]) -> Iterator[StyledLine]:
    """Yield the lines of an annotated dialogue: duty, clauses, what is given, both sides."""
    yield line((scenario.id, Style.HEAD), f": {scenario.title}")
    tags = f", tags {' '.join(sorted(scenario.tags))}" if scenario.tags else ""
    yield line((f"level {scenario.level}, over {scenario.over}{tags}, in {scenario.path}", Style.QUIET))
    for clause_id in scenario.clauses:
        clause = clauses[clause_id]
        yield line(
            ("  clause ", Style.QUIET), f"{clause.id} ", (f"({in_words(clause)})", Style.QUIET), f": {clause.says}"
        )
    if scenario.note:
        yield line(f"  note: {scenario.note.strip()}")
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
    words = f"{wording(step.label)}{f' {kwargs}' if kwargs and step.verb is not Verb.SET else ''}{on}"
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


def _shown(node: Node) -> str:
    tag = f"!{node.tag} " if node.tag else ""
    if isinstance(node, Sequence):
        return f"{tag}[{', '.join(_shown(item) for item in node.items)}]"
    return f"{tag}{plain(node)!r}" if plain(node) is not None or not tag else tag.strip()
