"""This module owns the way of a command line through the steps that are still to be played.

It looks at steps only, and changes nothing: each function returns the steps as they would be, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from fake_servers.steps import (
    Branches,
    CheckPeer,
    Command,
    Dribble,
    MailData,
    NegotiateTls,
    Octets,
    Pause,
    Pieces,
    ReadOctets,
    Reply,
    Step,
)

Steps: TypeAlias = tuple[Step, ...]

_MAY_BE_MISSED = Command | Reply | Octets | Pieces | Branches | CheckPeer | Pause | Dribble
"""What a client that leaves out a command passes over with it. Mail data, TLS, faults and ends it cannot pass over."""


def expecting(steps: Steps, fits: Callable[[Command], bool]) -> Steps | None:
    """Return the steps from a due command on that fits, with branches chosen; None if none that is due does."""
    if not steps:
        return None
    due, behind = steps[0], steps[1:]
    if isinstance(due, Command):
        return steps if fits(due) else None
    if not isinstance(due, Branches):
        return None
    ways = [(*branch, *behind) for branch in due.branches if branch]
    if may_be_passed(due):
        ways.append(behind)
    return next((found for way in ways if (found := expecting(way, fits)) is not None), None)


def matching(steps: Steps, line: bytes) -> Steps | None:
    """Return the steps from the due command on that the line matches."""
    return expecting(steps, lambda command: command.pattern.mismatch(line) is None)


def of_same_verb(steps: Steps, line: bytes) -> Steps | None:
    """Return the steps from a due command on that is about the same verb, whatever its arguments."""
    return expecting(steps, lambda command: command.pattern.same_verb(line))


def after_missing(steps: Steps, line: bytes) -> Steps | None:
    """Return the steps from a later command on that the line matches in full, if only omissible steps lie between.

    A client that left out a command goes on with the next: one omission, not one difference for each command behind it.
    A pattern that matches anything is no sign of that.
    """
    for count, step in enumerate(steps):
        if count:
            found = expecting(
                steps[count:],
                lambda command: bool(command.pattern.verbs) and command.pattern.mismatch(line) is None,
            )
            if found is not None:
                return found
        if not isinstance(step, _MAY_BE_MISSED):
            return None
    return None


def may_be_passed(step: Branches) -> bool:
    """Return whether the script goes on behind it if no branch is chosen."""
    return any(not branch for branch in step.branches)


def awaiting_client(steps: Steps) -> Iterator[Step]:
    """Yield the steps that wait on the client and may not be left out."""
    for step in steps:
        match step:
            case Command() | MailData() | ReadOctets():
                yield step
            case NegotiateTls(optional=False):
                yield step
            case Branches() if not may_be_passed(step):
                yield step


def in_words(step: Step) -> str:
    """Return what a step expects of the client."""
    match step:
        case Command(pattern=pattern):
            return str(pattern)
        case MailData():
            return "mail data"
        case ReadOctets(octets=octets):
            return f"{octets} octets"
        case NegotiateTls():
            return "TLS"
        case Branches(branches=branches):
            return " or ".join(in_words(branch[0]) for branch in branches if branch)
    return step.label
