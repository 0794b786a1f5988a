"""Command lines (RFC 5321 2.3.8, 4.1.1): one command is one line.

This module owns what may stand in a command line; it does not know about any single command.
"""

from __future__ import annotations

CRLF = "\r\n"
bCRLF = b"\r\n"  # noqa: N816 - a name that programs import


def command_line(command: str, arguments: str) -> str:
    """Join a command and its arguments to one line, line end included.

    Raises:
        ValueError: The line would be more than one line, or hold a NUL, which some servers take for an end.
    """
    line = f"{command} {arguments}" if arguments else command
    if "\r" in line or "\n" in line or "\0" in line:
        raise ValueError(f"a command is one line without CR, LF and NUL, got {line!r}: nothing was sent")
    return line + CRLF
