"""This module owns the picture of a scenario before it is played: an annotated dialogue, as the RFCs write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.report.failure import printable
from conformance.scenario.model import Clause, ClientStep, Scenario, Verb
from conformance.scenario.tree import Node, Sequence, plain
from fake_servers import steps


def dialogue_of(scenario: Scenario, clauses: Mapping[str, Clause]) -> Iterator[str]:
    """Yield the lines of an annotated dialogue: duty, clauses, what is given, both sides."""
    yield f"{scenario.id}: {scenario.title}"
    tags = f", tags {' '.join(sorted(scenario.tags))}" if scenario.tags else ""
    yield f"level {scenario.level}, over {scenario.over}{tags}, in {scenario.path}"
    for clause_id in scenario.clauses:
        clause = clauses[clause_id]
        source = f"norm line {clause.norm}" if clause.norm else f"RFC {clause.rfc}"
        yield f"  clause {clause.id} ({source}): {clause.says}"
    if scenario.note:
        yield f"  note: {scenario.note.strip()}"
    for key, value in scenario.given:
        yield f"  given {key}: {plain(value)}"
    if scenario.script:
        yield ""
        yield "The server"
        for number, dialogue in enumerate(scenario.script.dialogues, 1):
            if len(scenario.script.dialogues) > 1:
                yield f"  connection {number} ({dialogue.transport})"
            yield from _server_lines(dialogue.steps, "  ")
        courteous = all(dialogue.courteous for dialogue in scenario.script.dialogues)
        yield "  then: RSET, NOOP, QUIT and EHLO are answered politely" if courteous else "  then: nothing is expected"
    yield ""
    yield "The client"
    for step in scenario.client:
        yield from _client_lines(step)


def _server_lines(played: tuple[steps.Step, ...], indent: str) -> Iterator[str]:
    for step in played:
        if isinstance(step, steps.Branches):
            for branch in step.branches:
                yield f"{indent}{'or' if branch is not step.branches[0] else 'either'}"
                yield from _server_lines(branch, f"{indent}  ")
        elif isinstance(step, steps.Reply):
            for line in step.octets.decode("utf-8", "replace").splitlines():
                yield f"{indent}S: {printable(line)}{'' if step.asked else '   (unasked)'}"
        else:
            yield f"{indent}{printable(step.label)}"


def _client_lines(step: ClientStep) -> Iterator[str]:
    implied = "   (implied by the transport)" if step.implied else ""
    kwargs = ", ".join(f"{name}={plain(value)!r}" for name, value in step.kwargs)
    watch = f"   watching {', '.join(step.watch)}" if step.watch else ""
    on = f" on {step.on}" if step.on != "client" else ""
    yield f"  {printable(step.label)}{f' {kwargs}' if kwargs and step.verb is not Verb.SET else ''}{on}{watch}{implied}"
    for number, outcome in enumerate(step.outcomes):
        lead = "    or " if number else "    "
        if outcome.raises:
            attributes = "".join(f", {name} {_shown(value)}" for name, value in outcome.attributes)
            yield f"{lead}raises {' or '.join(outcome.raises)}{attributes}"
        elif outcome.returns is not None:
            yield f"{lead}returns {_shown(outcome.returns)}"
        elif outcome.anything:
            yield f"{lead}returns or raises, as it likes"
    for name, value in (*step.attributes, *step.checks):
        yield f"    {name}: {_shown(value)}"


def _shown(node: Node) -> str:
    tag = f"!{node.tag} " if node.tag else ""
    if isinstance(node, Sequence):
        return f"{tag}[{', '.join(_shown(item) for item in node.items)}]"
    return f"{tag}{plain(node)!r}" if plain(node) is not None or not tag else tag.strip()
