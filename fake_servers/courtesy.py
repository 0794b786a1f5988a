"""This module owns courtesy: what a server answers to RSET, NOOP, QUIT and EHLO (LHLO) without a step.

When courtesy is due is the player's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fake_servers.matching import GREETING_VERBS, arguments_of, verb_of
from fake_servers.replies import without_extension
from fake_servers.session import Session


def polite_reply(line: bytes, session: Session) -> bytes | None:
    """Return the reply to a command line that courtesy answers; None for any other."""
    answer = _ANSWERS.get(verb_of(line))
    return answer(line, session) if answer else None


def _reset(_line: bytes, _session: Session) -> bytes:
    return b"250 2.0.0 Reset\r\n"


def _closing(_line: bytes, _session: Session) -> bytes:
    return b"221 2.0.0 Bye\r\n"


def _noop(line: bytes, session: Session) -> bytes:
    """Give no two NOOPs the same reply, so that a client can prove to be in step."""
    session.noops += 1
    text = arguments_of(line) or f"NOOP number {session.noops}"
    return f"250 2.0.0 {text}\r\n".encode("utf-8", "surrogateescape")


def _greeting(line: bytes, session: Session) -> bytes | None:
    """Answer as before; STARTTLS is offered no more once TLS was negotiated (RFC 3207 section 4.2).

    A client is free to greet the server before a command that the script has no greeting for, by the command of the
    protocol; it is offered nothing.
    """
    verb = verb_of(line)
    accepted = session.greeting_replies.get(verb)
    if accepted is None:
        first = session.welcome and not session.introduced and verb == ("LHLO" if session.lmtp else "EHLO")
        return _OFFERS_NOTHING if first else None
    return without_extension(accepted, "STARTTLS") if session.encrypted else accepted


_OFFERS_NOTHING = b"250 fake.example.test\r\n"

_ANSWERS: Mapping[str, Callable[[bytes, Session], bytes | None]] = MappingProxyType(
    {"RSET": _reset, "NOOP": _noop, "QUIT": _closing, **dict.fromkeys(GREETING_VERBS, _greeting)}
)
