"""This module owns the rules of the wire that hold whatever a script is about: each has a name and its RFC section.

They judge command lines as they arrive. Mail data they do not judge: a client passes octets on as it was given them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fake_servers.matching import arguments_of
from fake_servers.octets import shown_line
from fake_servers.session import RESPONSE, Session

LINE_ENDING = "crlf-line-endings"
"""A command line ends with CRLF, and neither CR nor LF stands elsewhere in it (RFC 5321 section 2.3.8)."""

LINE_LENGTH = "command-line-length"
"""A command line has at most 512 octets with its CRLF, and what offered extensions add (RFC 5321 section 4.5.3.1.4)."""

ASCII_ONLY = "ascii-only"
"""No octet of a command is above 127, unless SMTPUTF8 was offered and asked for (RFC 5321 section 2.4, RFC 6531)."""

GREETING_FIRST = "nothing-before-greeting"
"""The client waits for the greeting before it sends anything (RFC 5321 section 4.3.1)."""

NOTHING_AFTER_QUIT = "nothing-after-quit"
"""QUIT is the last command (RFC 5321 section 4.1.1.10)."""

ONE_AT_A_TIME = "one-command-at-a-time"
"""The client waits for the reply to a command before the next (RFC 5321 section 4.3.1), unless PIPELINING was offered.

Even then EHLO, DATA, VRFY, EXPN, QUIT, NOOP (RFC 2920 section 3.1), AUTH and STARTTLS (RFC 3207 section 4) end a group.
A reply that the server sent unasked may have been taken for the one that is awaited: see ``Session.awaits_reply``.
"""

GREETING_COMMAND = "greeting-command-of-the-protocol"
"""LHLO is for LMTP, which has no EHLO and HELO (RFC 2033 section 4.1)."""

AUTH_OFFERED = "credentials-only-if-offered"
"""AUTH is sent for a mechanism that was offered; since TLS was negotiated, if it was (RFC 4954 section 4)."""

STARTTLS_OFFERED = "starttls-only-if-offered"
"""STARTTLS is sent only where it was offered (RFC 5321 section 2.2.1, RFC 3207 section 4)."""

NOTHING_IN_CLEAR = "nothing-in-clear-behind-starttls"
"""Behind the 220 to STARTTLS the client sends TLS and nothing in clear (RFC 3207 section 4)."""

RULES = (
    LINE_ENDING,
    LINE_LENGTH,
    ASCII_ONLY,
    GREETING_FIRST,
    NOTHING_AFTER_QUIT,
    ONE_AT_A_TIME,
    GREETING_COMMAND,
    AUTH_OFFERED,
    STARTTLS_OFFERED,
    NOTHING_IN_CLEAR,
)
"""All of them."""

_COMMAND_OCTETS = 512
"""RFC 5321 section 4.5.3.1.4."""

_AUTHENTICATION_OCTETS = 12288
"""RFC 4954 section 4: AUTH with its initial response, and each response."""

_ADDED_OCTETS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "MAIL": {
            "SIZE": 26,  # RFC 1870 section 3
            "8BITMIME": 17,  # RFC 6152 section 2
            "DSN": 100,  # RFC 3461 section 4
            "AUTH": 500,  # RFC 4954 section 3
            "SMTPUTF8": 10,  # RFC 6531 section 3.1
            "DELIVERBY": 17,  # RFC 2852 section 3
            "FUTURERELEASE": 34,  # RFC 4865 section 3
            "MT-PRIORITY": 15,  # RFC 6710 section 3
        },
        "RCPT": {"DSN": 500},  # RFC 3461 section 4
        "VRFY": {"SMTPUTF8": 10},  # RFC 6531 section 3.1
        "EXPN": {"SMTPUTF8": 10},
    }
)
"""What an offered extension adds to the length of a command."""

_GROUP_ENDS = frozenset(
    {"EHLO", "LHLO", "HELO", "DATA", "VRFY", "EXPN", "TURN", "QUIT", "NOOP", "AUTH", "STARTTLS", RESPONSE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that a line breaks.

    Attributes:
        rule: its name.
        message: what was expected and what came.
    """

    rule: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    """A line, and what it was before it arrived."""

    line: bytes
    verb: str
    session: Session

    @property
    def shown(self) -> str:
        return f'"{shown_line(self.line)}"'


def _line_ending(arrival: _Arrival) -> str | None:
    line = arrival.line
    if not line.endswith(b"\n"):
        return f"a command line that ends with CRLF was expected; {len(line)} octets without any came"
    if not line.endswith(b"\r\n"):
        return f"CRLF was expected at the end of {arrival.shown}; a bare LF came"
    if b"\r" in line[:-2]:
        return f"no CR was expected within a line; {arrival.shown} came"
    return None


def length_limit(verb: str, offered: Mapping[str, str]) -> int:
    """Return how many octets a command line may have, CRLF included."""
    if verb in {"AUTH", RESPONSE}:
        return _AUTHENTICATION_OCTETS
    added = _ADDED_OCTETS.get(verb, {})
    return _COMMAND_OCTETS + sum(octets for keyword, octets in added.items() if keyword in offered)


def _line_length(arrival: _Arrival) -> str | None:
    limit = length_limit(arrival.verb, arrival.session.offered)
    if len(arrival.line) <= limit:
        return None
    return f"at most {limit} octets were expected in a command line; {len(arrival.line)} came: {arrival.shown}"


def _ascii_only(arrival: _Arrival) -> str | None:
    if arrival.line.isascii():
        return None
    session = arrival.session
    if "SMTPUTF8" not in session.offered:
        return f"ASCII was expected, for SMTPUTF8 was not offered; {arrival.shown} came"
    asks = "SMTPUTF8" in arguments_of(arrival.line).upper().split(" ")
    asked = session.utf8 if arrival.verb == "RCPT" else asks and arrival.verb in {"MAIL", "VRFY", "EXPN"}
    return None if asked else f"ASCII was expected, for SMTPUTF8 was not asked for; {arrival.shown} came"


def _greeting_first(arrival: _Arrival) -> str | None:
    return None if arrival.session.greeted else f"nothing was expected before the greeting; {arrival.shown} came"


def _nothing_after_quit(arrival: _Arrival) -> str | None:
    return f"nothing was expected after QUIT; {arrival.shown} came" if arrival.session.quit_received else None


def _one_at_a_time(arrival: _Arrival) -> str | None:
    session = arrival.session
    if not session.awaits_reply or not session.greeted or session.output_ended:
        return None
    if not session.pipelining:
        why = "PIPELINING was not offered"
    elif session.owed[-1] in _GROUP_ENDS:
        why = "it ends a group of commands"
    else:
        return None
    return f"the reply to {session.owed[-1]} had to be awaited, for {why}; {arrival.shown} came"


def _greeting_command(arrival: _Arrival) -> str | None:
    if arrival.session.lmtp and arrival.verb in {"EHLO", "HELO"}:
        return f"LHLO was expected, for the server speaks LMTP; {arrival.shown} came"
    if not arrival.session.lmtp and arrival.verb == "LHLO":
        return f"EHLO or HELO was expected, for the server speaks SMTP; {arrival.shown} came"
    return None


def _auth_offered(arrival: _Arrival) -> str | None:
    if arrival.verb != "AUTH":
        return None
    mechanism = arguments_of(arrival.line).partition(" ")[0].upper()
    offered = arrival.session.offered.get("AUTH", "").upper()
    if mechanism in offered.split():
        return None
    return f"AUTH was offered with {offered or 'no mechanism at all'}; {arrival.shown} came"


def _starttls_offered(arrival: _Arrival) -> str | None:
    if arrival.verb != "STARTTLS" or "STARTTLS" in arrival.session.offered:
        return None
    return "no STARTTLS was expected, for it was not offered; it came"


_CHECKS: Mapping[str, Callable[[_Arrival], str | None]] = MappingProxyType(
    {
        LINE_ENDING: _line_ending,
        LINE_LENGTH: _line_length,
        ASCII_ONLY: _ascii_only,
        GREETING_FIRST: _greeting_first,
        NOTHING_AFTER_QUIT: _nothing_after_quit,
        ONE_AT_A_TIME: _one_at_a_time,
        GREETING_COMMAND: _greeting_command,
        AUTH_OFFERED: _auth_offered,
        STARTTLS_OFFERED: _starttls_offered,
    }
)


def broken_rules(line: bytes, session: Session) -> Iterator[Broken]:
    """Yield the rules that a line breaks; ``session`` as it was before the line."""
    arrival = _Arrival(line=line, verb=session.kind_of(line), session=session)
    for rule, check in _CHECKS.items():
        message = check(arrival)
        if message is not None:
            yield Broken(rule=rule, message=message)


def in_clear(octets: bytes) -> Broken:
    """Return the breach of octets in clear where TLS was due."""
    shown = shown_line(octets)
    return Broken(rule=NOTHING_IN_CLEAR, message=f'TLS was expected behind STARTTLS; "{shown}" came in clear')
