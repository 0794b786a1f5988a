"""This module owns what is said of a candidate that did not answer as it must; each costs one scenario.

That a candidate cannot be started at all is a ``CandidateError``; that the machine fails is a ``HarnessError``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class TroubleKind(enum.StrEnum):
    """What a candidate did instead of answering."""

    HUNG = "hung"
    """It did not answer before its deadline, and was killed."""
    EXITED = "exited"
    """Its process ended by itself, with an exit code."""
    CRASHED = "crashed"
    """Its process was ended by a signal that we did not send."""
    BREACH = "broke the driver protocol"
    """It answered something that is no answer, or closed its pipes."""
    MACHINE = "met a machine that is out of something"
    """Its answer is an error of the system as a whole: a full disk, no memory left. Nobody is to blame, or it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateTrouble:
    """Why there is no answer.

    Attributes:
        kind: what the candidate did.
        request: the request that was not answered, in words.
        detail: what is known: the time that passed, the exit code, what came instead of an answer.
        stack: the stack of the hung candidate; empty where none could be had.
        stderr: the end of what its process wrote to standard error.
    """

    kind: TroubleKind
    request: str
    detail: str
    stack: str = ""
    stderr: str = ""

    def __str__(self) -> str:
        parts = [f"the candidate {self.kind}: {self.detail} (during: {self.request})"]
        if self.stack:
            parts.append(f"its stack:\n{indented(self.stack)}")
        if self.stderr:
            parts.append(f"the end of its standard error:\n{indented(self.stderr)}")
        return "\n".join(parts)


class CandidateTroubleError(Exception):
    """The candidate did not answer; its process is dead, and its channel must not be used again.

    Attributes:
        trouble: all that is known.
    """

    def __init__(self, trouble: CandidateTrouble) -> None:
        self.trouble = trouble
        super().__init__(str(trouble))


def indented(text: str) -> str:
    """Return a text with each line moved to the right."""
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())
