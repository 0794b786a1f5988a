"""This module owns texts with ``*`` in them, which stands for any text, also none."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)


def matches(pattern: str, text: str, *, ignoring_case: bool = False) -> bool:
    """Return whether a text fits a pattern in full."""
    if ignoring_case:
        pattern, text = pattern.lower(), text.lower()
    if "*" not in pattern:
        return pattern == text
    return _compiled(pattern).fullmatch(text) is not None
