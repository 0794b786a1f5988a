"""Reverse-path and forward-path (RFC 5321 4.1.2) from what a caller calls an address (RFC 822).

This module owns which text may stand between ``<`` and ``>``; it does not know about servers, encodings, or
how many addresses a message names.

The rule is safety first: what is sent is one path, or nothing. Text that reads as something else beside an
address (a second address, an ESMTP parameter, a comment in the middle) is refused, never cut down.
"""

from __future__ import annotations

import re

# A word may hold dots anywhere: addresses with two in a row exist, and only their own domain can say no.
_ATEXT = r'[^\x00-\x20\x7f"(),:;<>@\[\\\]]'
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*"'
_ADDRESS = rf"(?:{_ATEXT}++|{_QUOTED})+(?:@(?:{_ATEXT}+|\[[^\x00-\x20\x7f\[\\\]<>]+\]))?"
_COMMENT = r"(?:[ \t]*\([^()\x00-\x1f\x7f]*\))?"
_PHRASE = rf"(?:[^\"<>\x00-\x1f\x7f]|{_QUOTED})*"

# Nearly every address is of the first form, which is one of the second, and found in half the time.
_BARE = re.compile(rf"({_ATEXT}++@{_ATEXT}++)|{_COMMENT}[ \t]*({_ADDRESS})?{_COMMENT}[ \t]*")
# A missing ">" at the very end is supplied: nothing else can be meant.
_BRACKETED = re.compile(rf"{_PHRASE}<[ \t]*({_ADDRESS})?[ \t]*(?:>{_COMMENT}[ \t]*)?")


def address_of(text: str) -> str:
    """Return the address alone, without display name, comment and brackets; ``""`` if there is none.

    Raises:
        TypeError: The address is not a string.
        ValueError: The text is not one address, or holds a control character.
    """
    if not isinstance(text, str):
        raise TypeError(f"an address is a str, got {text!r}")
    match = _BARE.fullmatch(text) or _BRACKETED.fullmatch(text)
    if match is None:
        raise ValueError(f"expected one address like 'a@b.example' or 'Name <a@b.example>', got {text!r}")
    return match[match.lastindex] if match.lastindex else ""


def reverse_path(address: str) -> str:
    """Return the path for MAIL; the empty address is the null path of a bounce (RFC 5321 4.5.5)."""
    return f"<{address_of(address)}>"


def forward_path(address: str) -> str:
    """Return the path for RCPT.

    Raises:
        ValueError: There is no address: RFC 5321 4.1.1.3 knows no null forward-path.
    """
    found = address_of(address)
    if not found:
        raise ValueError(f"a recipient needs an address, got {address!r}")
    return f"<{found}>"


def quoteaddr(addrstring: str) -> str:
    """Return the path for an address as a caller writes it: ``Name <a@b>`` gives ``<a@b>``.

    Raises:
        ValueError: The text is not one address.
    """
    return reverse_path(addrstring)
