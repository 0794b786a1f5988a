"""This module owns what two texts have apart: the words that only one of them has."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_LEAST_IN_COMMON = 0.5
"""Part of the letters that both must share: of less, all would be marked, which marks nothing."""
_LONGEST = 2000

Parts = list[tuple[str, bool]]
"""Pieces of a text, each with whether only this text has it."""


def apart(expected: str, got: str) -> tuple[Parts, Parts]:
    """Return the pieces of both texts."""
    unmarked = [(expected, False)], [(got, False)]
    if len(expected) + len(got) > _LONGEST:
        return unmarked
    left, right = _TOKEN.findall(expected), _TOKEN.findall(got)
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    shared = sum(_letters(left[block.a : block.a + block.size]) for block in blocks)
    if shared < _LEAST_IN_COMMON * max(_letters(left), _letters(right)):
        return unmarked
    return (
        _marked(left, [(block.a, block.a + block.size) for block in blocks]),
        _marked(right, [(block.b, block.b + block.size) for block in blocks]),
    )


def _letters(tokens: list[str]) -> int:
    return sum(len(token) for token in tokens if token[0].isalnum() or token[0] == "_")


def _marked(tokens: list[str], common: list[tuple[int, int]]) -> Parts:
    parts: Parts = []
    at = 0
    for start, end in common:
        parts.append(("".join(tokens[at:start]), True))
        parts.append(("".join(tokens[start:end]), False))
        at = end
    return [(text, only) for text, only in parts if text]
