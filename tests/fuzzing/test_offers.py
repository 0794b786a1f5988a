"""What the reference client makes of the reply to EHLO, and which options it lets through."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from reference_client._extensions import keyword_of, only_offered, parse_offers, split_options
from tests.fuzzing.profiles import quick

_WORDS = st.sampled_from(
    [b"AUTH", b"AUTH=", b"SIZE", b"8BITMIME", b"=", b" ", b"\t", b"\r", b"LOGIN", b"\xff", b"-", b"_"]
)
TEXTS = st.lists(st.one_of(_WORDS, st.binary(max_size=6), st.just(b"\n")), max_size=20).map(b"".join)
_KEYWORD = re.compile(r"[a-z0-9][a-z0-9_-]*")


@given(TEXTS)
@example(b"mail.example\nAUTH LOGIN\nAUTH=PLAIN LOGIN")
@example(b"\nAUTH=\xc0")
@quick(200)
def test_any_text_gives_keywords_and_parameters_that_stand_in_it(text: bytes) -> None:
    """No octets of a server raise; each keyword is one of RFC 5321 4.1.1.1 and came behind the first line."""
    offers = parse_offers(text)
    behind_first = text.partition(b"\n")[2].decode("latin-1")
    for keyword, parameters in offers.items():
        assert _KEYWORD.fullmatch(keyword)
        assert keyword in behind_first.lower()
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", parameters)
        assert all(word in behind_first for word in parameters.split())


@given(
    TEXTS, st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12), max_size=6)
)
@quick(100)
def test_only_options_of_offered_extensions_are_sent_and_each_as_it_was_given(text: bytes, options: list[str]) -> None:
    """The norm: options whose extension is not offered are left out; the others stay, unchanged and in order."""
    offers = parse_offers(text)
    kept = only_offered(options, offers)
    rest = iter(options)
    assert all(option in rest for option in kept)
    assert only_offered(options, {}) == []
    assert all(keyword_of(option).lower() in offers for option in kept if keyword_of(option).lower() not in OTHERS)


OTHERS = {"body", "by", "envid", "holdfor", "holduntil", "notify", "orcpt", "ret", "solicit", "transid"}


@given(st.one_of(st.text(max_size=30), st.lists(st.text(max_size=12), max_size=4)))
@quick(100)
def test_options_are_single_words_or_refused(options: str | list[str]) -> None:
    """An option cannot smuggle a line end, or a second option that the caller did not write as one."""
    try:
        words = split_options(options)
    except ValueError:
        return
    assert all(word and not re.search(r"[\x00-\x20\x7f]", word) for word in words)
