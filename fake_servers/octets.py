"""This module owns octets as text for people, and the undoing of transparency in mail data.

What it undoes it has from RFC 5321 section 4.5.2; it shares no code with any client.
"""

from __future__ import annotations

_SHOWN_OCTETS = 200


def printable(octets: bytes, *, limit: int = _SHOWN_OCTETS) -> str:
    r"""Return octets on one line: printable ASCII as it is, the rest as ``\x..``, ``\r``, ``\n``; shortened."""
    shown = "".join(_shown(octet) for octet in octets[:limit])
    return shown if len(octets) <= limit else f"{shown}… ({len(octets)} octets)"


def _shown(octet: int) -> str:
    named = {0x0D: "\\r", 0x0A: "\\n", 0x09: "\\t", 0x5C: "\\\\"}
    if octet in named:
        return named[octet]
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\x{octet:02x}"


def without_line_end(line: bytes) -> bytes:
    """Return a line without its CRLF or bare LF."""
    if line.endswith(b"\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith(b"\n") else line


def shown_line(line: bytes) -> str:
    """Return a command line as people write it: without its line end."""
    return printable(without_line_end(line))


def undo_transparency(octets: bytes) -> bytes:
    """Return mail data (without the final dot) as they were before dot-stuffing.

    Only CRLF ends a line here: a bare LF is part of the line that it stands in.
    """
    return octets.removeprefix(b".").replace(b"\r\n.", b"\r\n")


def first_difference(expected: bytes, received: bytes) -> tuple[str, str]:
    """Return in words where two contents differ first: what was expected there, and what came."""
    wanted, came = expected.split(b"\r\n"), received.split(b"\r\n")
    at = 0
    while at < min(len(wanted), len(came)) and wanted[at] == came[at]:
        at += 1
    return _line_in_words(wanted, at, len(expected)), _line_in_words(came, at, len(received))


def in_short(content: bytes) -> str:
    """Return mail data in words."""
    return f'mail data of {len(content)} octets "{printable(content)}"'


def _line_in_words(lines: list[bytes], at: int, octets: int) -> str:
    if at >= len(lines):
        return f"mail data of {octets} octets, which end before line {at + 1}"
    end = "" if at == len(lines) - 1 else "\\r\\n"
    return f'mail data of {octets} octets with line {at + 1} "{printable(lines[at])}{end}"'
