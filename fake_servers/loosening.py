"""This module owns the loosening of a script: what was written for one client is played to any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fake_servers.matching import CommandPattern, parse_pattern
from fake_servers.steps import Branches, CheckPeer, Command, Dialogue, MailData, Octets, Reply, Step

_BARE = frozenset({"STARTTLS", "DATA", "QUIT", "RSET"})


def loosened(dialogue: Dialogue) -> Dialogue:
    """Return the dialogue as it is for any client: only verbs matter, not what commands say, nor the mail data."""
    return replace(dialogue, steps=tuple(_loosened_steps(dialogue.steps)))


def _loosened_steps(steps: Iterable[Step]) -> Iterator[Step]:
    challenged = False
    for step in steps:
        yield _loosened_step(step, challenged=challenged)
        challenged = isinstance(step, Reply | Octets) and step.octets.startswith(b"334")


def _loosened_step(step: Step, *, challenged: bool) -> Step:
    match step:
        case Command():
            # Behind a challenge comes a response, which has no verb (RFC 4954 section 4).
            return replace(step, pattern=parse_pattern("*") if challenged else _verb_alone(step.pattern))
        case MailData():
            return replace(step, content=None, others=())
        case CheckPeer():
            return replace(step, facts={})
        case Branches():
            return replace(step, branches=tuple(tuple(_loosened_steps(branch)) for branch in step.branches))
    return step


def _verb_alone(pattern: CommandPattern) -> CommandPattern:
    """Return the pattern of a verb; the one that it was where it is about several, or about none that is known."""
    if len(pattern.verbs) != 1 or not (verb := next(iter(pattern.verbs))).isalpha():
        return pattern
    return parse_pattern(verb if verb in _BARE else f"{verb} *")
