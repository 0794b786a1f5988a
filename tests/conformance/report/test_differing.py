"""What two texts have apart is found, where they have something in common at all."""

from __future__ import annotations

import pytest

from conformance.report.differing import apart


def marked(expected: str, got: str) -> tuple[str, str]:
    """Return both texts with brackets around what only one of them has."""
    left, right = apart(expected, got)
    texts = ("".join(f"[{text}]" if only else text for text, only in parts) for parts in (left, right))
    return next(texts), next(texts)


@pytest.mark.parametrize(
    ("expected", "got", "shown"),
    [
        ("return value 250", "return value 299", ("return value [250]", "return value [299]")),
        ("(250, b'Ok')", "(250, b'Ok')", ("(250, b'Ok')", "(250, b'Ok')")),
        ("MAIL FROM:<a> SIZE=3", "MAIL FROM:<a>", ("MAIL FROM:<a>[ SIZE=3]", "MAIL FROM:<a>")),
        ("an exception", "something else entirely", ("an exception", "something else entirely")),
        ("", "x", ("", "x")),
    ],
)
def test_words_that_only_one_has_are_marked(expected: str, got: str, shown: tuple[str, str]) -> None:
    assert marked(expected, got) == shown


def test_no_letter_is_lost() -> None:
    left, right = apart("a b-c  d\\x1b[31m", "a b=c d\\x00 e")
    assert "".join(text for text, _ in left) == "a b-c  d\\x1b[31m"
    assert "".join(text for text, _ in right) == "a b=c d\\x00 e"


def test_a_flood_is_left_as_it_is() -> None:
    assert apart("x " * 5000, "x") == ([("x " * 5000, False)], [("x", False)])
