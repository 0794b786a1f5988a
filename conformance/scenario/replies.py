"""This module owns replies as scenarios write them: checked for what RFC 5321 section 4.2 and RFC 2034 demand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_LINE = re.compile(r"(?P<code>[2-5][0-9][0-9])(?P<mark>[ -]|$)(?P<text>.*)", re.DOTALL)
_ENHANCED = re.compile(r"(?P<subject>[0-9])\.[0-9]{1,3}\.[0-9]{1,3}(?= |$)")

_MEANT = "; write raw where it is meant"


def reply_problems(lines: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with a reply, in words that say how to mean it."""
    codes = set()
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if not match:
            yield f"{line!r} is no reply line: a reply code (200 to 599), then a blank or hyphen{_MEANT}"
            continue
        codes.add(match["code"])
        if (match["mark"] == "-") != (number < len(lines)):
            wanted = "a hyphen behind the code" if number < len(lines) else "no hyphen behind the code"
            yield f"{line!r} is line {number} of {len(lines)} and needs {wanted}"
        enhanced = _ENHANCED.match(match["text"])
        if enhanced and enhanced["subject"] != match["code"][0]:
            yield f"enhanced status code {enhanced[0]} does not belong to reply code {match['code']}{_MEANT}"
        if "\r" in line or "\n" in line:
            yield f"{line!r} holds a line end: write a list, one line an item"
    if len(codes) > 1:
        yield f"one reply has one code, not {' and '.join(sorted(codes))}{_MEANT}"


def reply_octets(lines: Sequence[str]) -> bytes:
    """Return a reply as it goes over the wire."""
    return "".join(f"{line}\r\n" for line in lines).encode()


def ehlo_reply(extensions: Sequence[str]) -> bytes:
    """Return a 250 reply to EHLO that offers these service extensions (RFC 5321 section 4.1.1.1)."""
    lines = ["fake.example.test greets you", *extensions]
    marked = [f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"]
    return reply_octets(marked)
