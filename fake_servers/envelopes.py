"""This module owns the arguments of MAIL and RCPT: their path and their parameters, read and compared.

It reads what clients send as RFC 5321 section 4.1.2 writes it, and knows nothing of replies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fake_servers.globs import matches

PREFIXES = {"MAIL": "FROM:", "RCPT": "TO:"}
"""What stands between the verb and the path."""

_KEYWORD_VALUES = frozenset({"BODY", "RET"})
"""Parameters whose value is a keyword, without regard to case (RFC 6152 section 2, RFC 3461 section 4.3)."""

_KEYWORD_SETS = frozenset({"NOTIFY"})
"""Parameters whose value is a set of keywords (RFC 3461 section 4.1)."""

_PARAMETER = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9-]*)(?:=(?P<value>\S*))?")
_PATTERN_TOKEN = re.compile(r"\[[^\]]*\]|\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A reverse-path or forward-path, without its angle brackets.

    Attributes:
        route: the source route with its colon; empty without one.
        local_part: as written, quotes included.
        domain: behind the ``@``; empty without one (``<>`` and ``<postmaster>``).
    """

    route: str = ""
    local_part: str = ""
    domain: str = ""

    def __str__(self) -> str:
        at = "@" if self.domain else ""
        return f"<{self.route}{self.local_part}{at}{self.domain}>"

    def fits(self, other: Path) -> bool:
        """Return whether the other path, which came over the wire, is meant by this one."""
        # "The local-part of a mailbox MUST BE treated as case sensitive": RFC 5321 section 2.4. The special
        # <postmaster> without a domain is not: section 4.1.1.3.
        special = not self.domain and self.local_part.lower() == "postmaster"
        return (
            matches(self.route, other.route, ignoring_case=True)
            and matches(self.local_part, other.local_part, ignoring_case=special)
            and matches(self.domain, other.domain, ignoring_case=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The arguments of one MAIL or RCPT command line.

    Attributes:
        path: the path.
        parameters: name in capitals and value, in the order of the line; None: without a value.
    """

    path: Path
    parameters: tuple[tuple[str, str | None], ...] = ()


def _past_quoted_string(text: str, start: int) -> int:
    """Return the place behind a quoted string that begins at ``start``; -1 if it does not end."""
    place = start + 1
    while place < len(text):
        if text[place] == "\\":
            place += 2
        elif text[place] == '"':
            return place + 1
        else:
            place += 1
    return -1


def _outside_quotes(text: str, wanted: str) -> list[int]:
    """Return the places of a character that are not within a quoted string."""
    places, place = [], 0
    while 0 <= place < len(text):
        if text[place] == '"':
            place = _past_quoted_string(text, place)
            continue
        if text[place] == wanted:
            places.append(place)
        place += 1
    return places


def _read_path(inner: str) -> Path:
    route = ""
    if inner.startswith("@"):
        # A source route: "@one,@two:mailbox@three" (RFC 5321 section 4.1.2, obsolete but legal).
        head, colon, inner = inner.partition(":")
        route = head + colon
    places = _outside_quotes(inner, "@")
    if not places:
        return Path(route=route, local_part=inner)
    return Path(route=route, local_part=inner[: places[-1]], domain=inner[places[-1] + 1 :])


def split_path(text: str) -> tuple[Path, str]:
    """Return the path at the beginning of a text, and what follows it.

    Raises:
        ValueError: the text does not begin with a path in angle brackets; the message says why.
    """
    if text[:1].isspace():
        raise ValueError("a space stands before the path, where RFC 5321 section 3.3 allows none")
    if not text.startswith("<"):
        raise ValueError("the path does not stand in angle brackets")
    ends = _outside_quotes(text, ">")
    if not ends:
        raise ValueError("the path has no closing angle bracket")
    rest = text[ends[0] + 1 :]
    if rest and not rest.startswith(" "):
        raise ValueError("no space stands between the path and the parameters")
    return _read_path(text[1 : ends[0]]), rest


def strip_prefix(verb: str, arguments: str) -> str:
    """Return what follows ``FROM:`` or ``TO:``.

    Raises:
        ValueError: something else stands there.
    """
    prefix = PREFIXES[verb]
    if arguments[: len(prefix)].upper() != prefix:
        raise ValueError(f"{verb} is followed by {arguments[:20]!r}, not by {prefix}")
    return arguments[len(prefix) :]


def _read_parameter(text: str) -> tuple[str, str | None]:
    found = _PARAMETER.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no parameter")
    return found["name"].upper(), found["value"]


def read_envelope(verb: str, arguments: str) -> Envelope:
    """Read the arguments of a MAIL or RCPT command line as a client sent them.

    Raises:
        ValueError: they are not of that form; the message says why.
    """
    path, rest = split_path(strip_prefix(verb, arguments))
    parameters = tuple(_read_parameter(word) for word in rest.split(" ") if word)
    names = [name for name, _ in parameters]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the parameter {name} comes {names.count(name)} times")
    return Envelope(path=path, parameters=parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterPattern:
    """What one parameter must be.

    Attributes:
        name: in capitals.
        value: a text with globs; None: without a value.
        optional: whether it may be missing.
    """

    name: str
    value: str | None
    optional: bool = False

    def fits(self, value: str | None) -> bool:
        """Return whether the value that came over the wire is meant."""
        if self.value is None or value is None:
            return self.value == value
        if self.name in _KEYWORD_SETS and "*" not in self.value:
            return set(self.value.upper().split(",")) == set(value.upper().split(","))
        return matches(self.value, value, ignoring_case=self.name in _KEYWORD_VALUES | _KEYWORD_SETS)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopePattern:
    """What the arguments of a MAIL or RCPT command line must be.

    Attributes:
        verb: ``MAIL`` or ``RCPT``.
        path: None: any.
        parameters: each by itself, in any order.
        others: whether parameters that are not named may come, too.
    """

    verb: str
    path: Path | None
    parameters: tuple[ParameterPattern, ...] = ()
    others: bool = False

    def mismatch(self, arguments: str) -> str | None:
        """Return in words what differs; None if nothing does."""
        try:
            came = read_envelope(self.verb, arguments)
        except ValueError as error:
            return str(error)
        problems = [*self._path_problems(came.path), *self._parameter_problems(dict(came.parameters))]
        return "; ".join(problems) or None

    def _path_problems(self, came: Path) -> list[str]:
        if self.path is None or self.path.fits(came):
            return []
        return [f"the path is {came}, not {self.path}"]

    def _parameter_problems(self, came: dict[str, str | None]) -> list[str]:
        problems = []
        for wanted in self.parameters:
            if wanted.name not in came:
                if not wanted.optional:
                    problems.append(f"the parameter {wanted.name} is missing")
            elif not wanted.fits(came[wanted.name]):
                got = _shown(wanted.name, came[wanted.name])
                problems.append(f"the parameter is {got}, not {_shown(wanted.name, wanted.value)}")
        named = {wanted.name for wanted in self.parameters}
        if not self.others:
            strangers = [_shown(name, value) for name, value in came.items() if name not in named]
            problems += [f"the parameter {stranger} is not expected" for stranger in strangers]
        return problems


def _shown(name: str, value: str | None) -> str:
    return name if value is None else f"{name}={value}"


def read_envelope_pattern(verb: str, arguments: str) -> EnvelopePattern:
    """Read the arguments of a MAIL or RCPT command as a script expects them.

    Raises:
        ValueError: they are not of that form; the message says why.
    """
    text = strip_prefix(verb, arguments)
    path: Path | None = None
    if text == "*" or text.startswith("* "):
        rest = text[1:]
    else:
        path, rest = split_path(text)
    words = _PATTERN_TOKEN.findall(rest)
    parameters = tuple(_read_parameter_pattern(word) for word in words if word != "*")
    names = [parameter.name for parameter in parameters]
    if len(set(names)) < len(names):
        raise ValueError("a parameter is named twice")
    return EnvelopePattern(verb=verb, path=path, parameters=parameters, others="*" in words)


def _read_parameter_pattern(word: str) -> ParameterPattern:
    optional = word.startswith("[") and word.endswith("]")
    name, value = _read_parameter(word[1:-1].strip() if optional else word)
    return ParameterPattern(name=name, value=value, optional=optional)
