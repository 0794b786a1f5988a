"""This module owns lines of text with a meaning to each part: what a terminal colours, and pytest and JUnit do not."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from conformance.errors import visible


class Style(enum.StrEnum):
    """What a part of a line is. The colours are the terminal's business."""

    PLAIN = ""
    HEAD = "head"
    """An id or a name: what the lines after it are about."""
    QUIET = "quiet"
    """What may be read over."""
    EXPECTED = "expected"
    EXPECTED_ONLY = "expected-only"
    """A part of what was expected that did not come."""
    GOT = "got"
    GOT_ONLY = "got-only"
    """A part of what came that was not expected."""
    OFFENDING = "offending"
    """A line of the dialogue that differs from what was expected."""
    SERVER = "server"
    CLIENT = "client"
    COMMAND = "command"
    """What may be typed to a shell."""
    GOOD = "good"
    BAD = "bad"
    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    ERROR = "error"
    UNSUPPORTED = "unsupported"
    KNOWN = "known"


Span = tuple[str, Style]
StyledLine = tuple[Span, ...]


def line(*parts: str | Span) -> StyledLine:
    """Return a line of parts; text alone is plain."""
    return tuple((part, Style.PLAIN) if isinstance(part, str) else part for part in parts)


def unstyled(lines: Iterable[StyledLine]) -> str:
    """Return the lines as text."""
    return "\n".join(visible("".join(text for text, _ in spans)) for spans in lines)
