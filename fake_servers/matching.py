"""This module owns the comparison of a command line with what a script expects: by meaning, not by spelling.

``scenarios/README.md`` has the notation. A pattern says in words what differs; it does not know what follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fake_servers.envelopes import PREFIXES, read_envelope_pattern
from fake_servers.expressions import Expression
from fake_servers.globs import matches
from fake_servers.octets import printable, without_line_end

GREETING_VERBS = frozenset({"EHLO", "HELO", "LHLO"})
_BARE_VERBS = frozenset({"STARTTLS", "DATA", "QUIT", "RSET"})
_VERB = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_LITERAL_VERB = re.compile(r"(?:\(\?\w+\))?\^?([A-Za-z]+)")


class _Matcher(Protocol):
    """One way to compare; a frozen value."""

    def mismatch(self, line: bytes) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPattern:
    """What a command line must be.

    Attributes:
        text: the pattern as its author wrote it.
        verbs: the verbs, in capitals, of the commands that it is about; empty: any.
        matcher: how lines are compared with it.
    """

    text: str
    verbs: frozenset[str]
    matcher: _Matcher

    def __str__(self) -> str:
        return self.text

    def mismatch(self, line: bytes) -> str | None:
        """Return None if the line (with or without its line end) matches, else what differs, in words."""
        return self.matcher.mismatch(line)

    def same_verb(self, line: bytes) -> bool:
        """Return whether the line is a command of the kind that is expected, whatever its arguments."""
        return not self.verbs or verb_of(line) in self.verbs


def verb_of(line: bytes) -> str:
    """Return the verb of a command line, in capitals."""
    return _decoded(line).split(" ", 1)[0].upper()


def arguments_of(line: bytes) -> str:
    """Return what follows the verb, without trailing blanks."""
    return _decoded(line).partition(" ")[2].rstrip(" \t")


def _decoded(line: bytes) -> str:
    return without_line_end(line).decode("utf-8", "surrogateescape")


def _quoted(text: str) -> str:
    return f'"{printable(text.encode("utf-8", "surrogateescape"))}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anything:
    def mismatch(self, line: bytes) -> str | None:  # noqa: ARG002 - it does not matter
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Octets:
    octets: bytes

    def mismatch(self, line: bytes) -> str | None:
        came = line if self.octets.endswith(b"\n") else without_line_end(line)
        if came == self.octets:
            return None
        return f'the octets are "{printable(came)}", not "{printable(self.octets)}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expression:
    expression: Expression

    def mismatch(self, line: bytes) -> str | None:
        if self.expression.matches(_decoded(line)):
            return None
        return f"the line does not match /{self.expression.text}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class _OneOf:
    patterns: tuple[CommandPattern, ...]

    def mismatch(self, line: bytes) -> str | None:
        problems = []
        for pattern in self.patterns:
            problem = pattern.mismatch(line)
            if problem is None:
                return None
            problems.append(f"{pattern}: {problem}")
        return f"none of {len(self.patterns)} fits ({'; '.join(problems)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verb:
    """A verb and what its arguments must be."""

    verb: str
    arguments: _Arguments

    def mismatch(self, line: bytes) -> str | None:
        came = verb_of(line)
        if came != self.verb:
            return f"the command is {_quoted(came)}, not {self.verb}"
        return self.arguments.mismatch(arguments_of(line))


class _Arguments(Protocol):
    """How the arguments of a command are compared."""

    def mismatch(self, arguments: str) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _NoArguments:
    def mismatch(self, arguments: str) -> str | None:
        return f"it takes no argument and has {_quoted(arguments)}" if arguments else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    text: str
    ignoring_case: bool = False

    def mismatch(self, arguments: str) -> str | None:
        if matches(self.text, arguments, ignoring_case=self.ignoring_case):
            return None
        return f"the argument is {_quoted(arguments)}, not {_quoted(self.text)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Authentication:
    mechanism: str
    response: str

    def mismatch(self, arguments: str) -> str | None:
        mechanism, _, response = arguments.partition(" ")
        if not matches(self.mechanism, mechanism, ignoring_case=True):
            return f"the mechanism is {_quoted(mechanism)}, not {self.mechanism}"
        if self.response and not response:
            return "the initial response is missing"
        if response and not self.response:
            return f"the initial response {_quoted(response)} is not expected"
        if not matches(self.response, response):
            return f"the initial response is {_quoted(response)}, not {_quoted(self.response)}"
        return None


def parse_pattern(text: str) -> CommandPattern:
    """Return the pattern that a script writes as a command line.

    Raises:
        ValueError: the text is no command line; the message says why.
    """
    wanted = text.strip(" ")
    if not wanted:
        raise ValueError("a command is expected here, and none is written")
    if "\r" in wanted or "\n" in wanted:
        raise ValueError("a command is written without its line end; to expect certain octets, write !exact")
    if wanted == "*":
        return CommandPattern(text=wanted, verbs=frozenset(), matcher=_Anything())
    word, _, arguments = wanted.partition(" ")
    verb = word.upper()
    if not _VERB.fullmatch(word):
        raise ValueError(f"{word!r} is no verb of a command; to expect any line at all, write !exact or !re")
    try:
        matcher = _Verb(verb=verb, arguments=_arguments_pattern(verb, arguments.strip(" ")))
    except ValueError as error:
        raise ValueError(f"{wanted}: {error}; to expect it all the same, write !exact") from error
    return CommandPattern(text=wanted, verbs=frozenset({verb}), matcher=matcher)


def _arguments_pattern(verb: str, arguments: str) -> _Arguments:
    if verb in PREFIXES:
        return _Text(text="*") if arguments == "*" else read_envelope_pattern(verb, arguments)
    if verb in _BARE_VERBS:
        if arguments:
            raise ValueError(f"{verb} takes no argument")
        return _NoArguments()
    if verb in GREETING_VERBS:
        if not arguments:
            raise ValueError(f"{verb} takes a domain; for any, write {verb} *")
        return _Text(text=arguments, ignoring_case=True)
    if verb == "AUTH" and arguments != "*":
        mechanism, _, response = arguments.partition(" ")
        if not mechanism:
            raise ValueError("AUTH takes a mechanism")
        return _Authentication(mechanism=mechanism, response=response.strip(" "))
    return _Text(text=arguments)


def exact(octets: bytes) -> CommandPattern:
    """Return a pattern that compares octets; the line end only if ``octets`` has one."""
    text = printable(without_line_end(octets), limit=len(octets))
    return CommandPattern(text=text, verbs=frozenset({verb_of(octets)}), matcher=_Octets(octets=octets))


def regular_expression(expression: str) -> CommandPattern:
    """Return a pattern that the whole line, without its line end, must match.

    Raises:
        ValueError: it is no regular expression.
    """
    matcher = _Expression(expression=Expression(expression))
    verb = _LITERAL_VERB.match(expression)
    verbs = frozenset({verb[1].upper()}) if verb else frozenset({"(unknown)"})
    return CommandPattern(text=expression, verbs=verbs, matcher=matcher)


def one_of(patterns: Sequence[CommandPattern]) -> CommandPattern:
    """Return a pattern that matches what one of these matches.

    Raises:
        ValueError: there is none.
    """
    if not patterns:
        raise ValueError("one of nothing cannot be matched")
    verbs = frozenset().union(*(pattern.verbs for pattern in patterns))
    if any(not pattern.verbs for pattern in patterns):
        verbs = frozenset()
    return CommandPattern(
        text=" or ".join(pattern.text for pattern in patterns),
        verbs=verbs,
        matcher=_OneOf(patterns=tuple(patterns)),
    )
