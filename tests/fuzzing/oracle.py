"""This module owns what a transcript proves: which reply stood in the place of which command, and who was accepted.

It knows no client. The n-th command is answered by the n-th reply (RFC 5321 4.1.4), the greeting being the first;
what is no reply ends what can be known. It reads octets with code of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fake_servers.transcript import Kind, Transcript

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_DATA = "(mail data)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A command and the reply that stood in its place.

    Attributes:
        command: the line without its end; ``(greeting)`` and ``(mail data)`` for what is no command.
        code: of the reply; 0 where none came.
        text: of the reply, its lines joined by a line feed.
    """

    command: str
    code: int
    text: bytes


def answered(transcript: Transcript, *, lmtp: bool = False) -> list[Answered]:
    """Return what was said on the last part of the first connection: behind TLS negotiation, where there was one."""
    events = [event for event in transcript.events if event.connection == 0 and event.kind is not Kind.NOTE]
    under_tls = any(event.encrypted for event in events)
    greeted = under_tls and not any(not event.encrypted and event.kind is Kind.CLIENT for event in events)
    said = [event for event in events if event.encrypted is under_tls]
    server = b"".join(event.octets for event in said if event.kind is Kind.SERVER)
    client = b"".join(event.octets for event in said if event.kind is Kind.CLIENT)
    return list(_paired(client, _replies(server), greeting=greeted or not under_tls, lmtp=lmtp))


def _paired(client: bytes, replies: Iterator[tuple[int, bytes]], *, greeting: bool, lmtp: bool) -> Iterator[Answered]:
    if greeting:
        yield _taken("(greeting)", replies)
    accepted = 0
    while client:
        line, _, client = client.partition(b"\r\n")
        found = _taken(line.decode("latin-1"), replies)
        yield found
        verb = found.command.partition(" ")[0].upper()
        if verb in {"MAIL", "EHLO", "HELO", "LHLO", "RSET"}:
            accepted = 0
        elif verb == "RCPT" and 200 <= found.code <= 299:
            accepted += 1
        elif verb == "DATA" and 300 <= found.code <= 399:
            ended, end, rest = (b"\r\n" + client).partition(b"\r\n.\r\n")
            client = rest if end else b""
            if end:
                yield from (_taken(_DATA, replies) for _ in range(max(accepted, 1) if lmtp else 1))
            del ended


def _taken(command: str, replies: Iterator[tuple[int, bytes]]) -> Answered:
    code, text = next(replies, (0, b""))
    return Answered(command=command, code=code, text=text)


def _replies(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield whole replies until something comes that is none."""
    code = 0
    texts: list[bytes] = []
    lines = octets.split(b"\n")[:-1]
    for line in (line.rstrip(b"\r") for line in lines):
        if not line and not texts:
            continue  # blank lines between replies say nothing
        match = _LINE.fullmatch(line)
        if match is None or b"\r" in line or (texts and int(match[1]) != code):
            return
        code = int(match[1])
        texts.append((match[3] or b"").strip(b" \t"))
        if match[2] != b"-":
            yield code, b"\n".join(texts)
            texts = []


def positive(code: int) -> bool:
    """Return whether a code is a positive completion."""
    return 200 <= code <= 299


def accepted_recipients(said: list[Answered], *, lmtp: bool) -> set[str]:
    """Return the recipients that the server has taken mail for: RCPT accepted, and the mail data, too.

    Over LMTP each has a reply of its own behind the mail data (RFC 2033 4.2).
    """
    taken: set[str] = set()
    waiting: list[str] = []
    for number, one in enumerate(said):
        verb = one.command.partition(" ")[0].upper()
        if verb in {"MAIL", "EHLO", "HELO", "LHLO", "RSET"}:
            waiting = []
        elif verb == "RCPT" and positive(one.code):
            waiting.append(one.command.partition("<")[2].partition(">")[0])
        elif one.command == _DATA and said[number - 1].command != _DATA:
            taken |= {
                recipient
                for at, recipient in enumerate(waiting)
                if positive((said[number + at] if lmtp and number + at < len(said) else one).code)
            }
    return taken
