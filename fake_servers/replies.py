"""This module owns replies as they were really sent: where one ends, its code, the service extensions that it offers.

It also has the words of refusal. It knows nothing of steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fake_servers.octets import without_line_end

_REPLY_LINE = re.compile(rb"(?P<code>[0-9]{3})(?P<mark>[ -]?)(?P<text>.*)", re.DOTALL)

UNEXPECTED = b"503 5.5.1 Nothing of the kind is expected here\r\n"
TOO_MANY_UNEXPECTED = b"421 4.7.0 Too many commands that are not expected here\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReply:
    """A complete reply that went over the wire.

    Attributes:
        octets: all its lines.
        code: of its last line; empty if that line has none.
    """

    octets: bytes
    code: str

    @property
    def positive(self) -> bool:
        """Whether it is a positive completion (2yz)."""
        return self.code.startswith("2")

    @property
    def texts(self) -> list[str]:
        """The text of each line."""
        return [_text(line) for line in self.octets.splitlines()]


def _text(line: bytes) -> str:
    found = _REPLY_LINE.fullmatch(without_line_end(line))
    return (found["text"] if found else line).decode("utf-8", "replace")


class ReplyCollector:
    """Finds replies in the octets that a server sends, however they are cut up."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._rest = b""

    def collect(self, octets: bytes) -> Iterator[SentReply]:
        """Yield each reply that these octets complete."""
        *lines, self._rest = (self._rest + octets).split(b"\n")
        for line in lines:
            self._lines.append(line + b"\n")
            found = _REPLY_LINE.fullmatch(without_line_end(line + b"\n"))
            if found is None or found["mark"] != b"-":
                code = found["code"].decode() if found else ""
                yield SentReply(octets=b"".join(self._lines), code=code)
                self._lines = []


def offered_extensions(reply: SentReply) -> dict[str, str]:
    """Return the service extensions that a reply to EHLO offers: EHLO keyword in capitals, its parameters."""
    offered: dict[str, str] = {}
    for text in reply.texts[1:]:
        # "AUTH=LOGIN" is how servers wrote it before RFC 2554.
        keyword, _, parameters = text.strip().replace("AUTH=", "AUTH ", 1).partition(" ")
        if keyword:
            offered[keyword.upper()] = f"{offered.get(keyword.upper(), '')} {parameters}".strip()
    return offered


def without_extension(reply: bytes, keyword: str) -> bytes:
    """Return a reply to EHLO that no longer offers an extension."""
    lines = [line for line in reply.splitlines(keepends=True) if line[4:].strip().upper() != keyword.encode()]
    last = lines[-1]
    return b"".join([*lines[:-1], last[:3] + b" " + last[4:]])
