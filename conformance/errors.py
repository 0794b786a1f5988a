"""This module owns the errors of the suite: whose fault an error is decides its class.

A candidate's failing is never an error but a ``Difference``, which is a value.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass

_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but line feed and tab, what changes the direction of text, and what no encoding can write."""


def visible(text: str) -> str:
    """Return text that says to a terminal what it says to people: what would command it is an escape."""
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class ExitCode(enum.IntEnum):
    """What a command of ours exits with."""

    OK = 0
    FAILED = 1
    """A failure, an unexpected pass, an error verdict, or a breach of an always-on wire check."""
    USAGE = 2
    """Wrong usage or a broken scenario."""
    NO_CANDIDATE = 3
    """A candidate cannot be started or fails the smoke test."""
    INTERNAL = 4
    """The suite itself is at fault, or the machine (no descriptors, no disk)."""
    NOTHING_SELECTED = 5


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one place of a file.

    Attributes:
        path: the file, as the user named it.
        line: from 1.
        column: from 1.
        message: what is wrong and what to do.
    """

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return visible(f"{self.path}:{self.line}:{self.column}: {self.message}")


class SuiteError(Exception):
    """Base of the errors that a user meets; the message is all that they are shown.

    Attributes:
        exit_code: what the command line exits with.
    """

    exit_code = ExitCode.INTERNAL


class UsageError(SuiteError):
    """The user asked for something that there is not."""

    exit_code = ExitCode.USAGE


class NothingSelectedError(SuiteError):
    """The patterns and options select no scenario."""

    exit_code = ExitCode.NOTHING_SELECTED


class ScenarioError(SuiteError):
    """A scenario file, or the clause catalogue, is broken.

    Attributes:
        problems: all mistakes that were found, in the order of their places.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class CandidateError(SuiteError):
    """A candidate cannot be found, started or driven."""

    exit_code = ExitCode.NO_CANDIDATE


class HarnessError(SuiteError):
    """The suite, a fake server or the machine failed; no verdict on the candidate can be given."""
