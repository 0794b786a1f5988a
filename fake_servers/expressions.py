"""This module owns the regular expressions of scripts and scenarios: a stranger's must not hold the process for ever.

They are written as for ``re``, which tells what is wrong with one, and matched by ``regex``, which can give up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_WITHIN = 1.0  # seconds; an expression that backtracks does not end at all, any other takes microseconds


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression. One that does not come to an end within a second matches nothing.

    Args:
        text: the expression, in the notation of ``re``.

    Raises:
        ValueError: it is none for ``re``, or none for ``regex``.
    """

    text: str

    def __post_init__(self) -> None:
        import regex  # noqa: PLC0415 - not free to import, and few servers need it

        try:
            re.compile(self.text)
            regex.compile(self.text)
        except (re.error, regex.error) as error:
            raise ValueError(f"{self.text!r} is no regular expression: {error}") from error

    def matches(self, text: str) -> bool:
        """Return whether the whole text matches."""
        import regex  # noqa: PLC0415 - as above

        return _in_time(lambda: regex.fullmatch(self.text, text, timeout=_WITHIN))

    def is_in(self, text: str) -> bool:
        """Return whether a part of the text matches."""
        import regex  # noqa: PLC0415 - as above

        return _in_time(lambda: regex.search(self.text, text, timeout=_WITHIN))


def _in_time(match: Callable[[], object]) -> bool:
    try:
        return match() is not None
    except TimeoutError:
        return False
