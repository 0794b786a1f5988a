"""Service extensions (RFC 5321 2.2, 4.1.1.1): what EHLO offers, and which options that lets through.

This module owns the reading of the EHLO reply and the table from options to extensions; it does not know
about commands, or about what any extension does.
"""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# ehlo-keyword, more generous by the underscore; then parameters after white space. "=" is the old form of
# AUTH (before RFC 2554). A line of any other shape is not half read: it is no extension.
_OFFER = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9_-]*)(?:(=[^\x00-\x08\x0a-\x1f\x7f]*)|\s+([^\x00-\x08\x0a-\x1f\x7f]*))?")

# Options whose keyword is not the keyword of their extension, both in lower case.
_EXTENSION_OF_OPTION = {
    "body": "8bitmime",  # RFC 6152
    "by": "deliverby",  # RFC 2852
    "envid": "dsn",  # RFC 3461
    "holdfor": "futurerelease",  # RFC 4865
    "holduntil": "futurerelease",
    "notify": "dsn",
    "orcpt": "dsn",
    "ret": "dsn",
    "solicit": "no-soliciting",  # RFC 3865
    "transid": "checkpoint",  # RFC 1845
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BINARY_BODY = "BODY=BINARYMIME"  # RFC 3030: the one value of BODY with an extension of its own


@lru_cache(maxsize=8)  # who opens a session for each message opens it with the same few servers
def parse_offers(text: bytes) -> Mapping[str, str]:
    """Read the text of a 250 reply to EHLO into lower-case keywords and their parameters.

    The first line names the server and is never an offer. Of a keyword that comes twice the last counts,
    except AUTH: there the lists, and the old form ``AUTH=…``, are joined.
    """
    offers: dict[str, str] = {}
    for line in text.decode("latin-1").split("\n")[1:]:
        match = _OFFER.fullmatch(line)
        if match is None:
            continue
        keyword = match[1].lower()
        parameters = (match[2] or match[3] or "").strip()
        if keyword == "auth":
            parameters = f"{offers.get('auth', '')} {parameters.removeprefix('=')}".strip()
        offers[keyword] = parameters
    return offers


def split_options(options: str | Iterable[str]) -> list[str]:
    """Return single options; one string is one option, or several with blanks between them.

    Raises:
        ValueError: An option holds a control character.
    """
    if not options:
        return []
    text = options if isinstance(options, str) else " ".join(options)
    if _CONTROL.search(text):
        raise ValueError(f"an ESMTP option has no control characters, got {text!r}: nothing was sent")
    return [word for word in text.split(" ") if word]


def keyword_of(option: str) -> str:
    """Return the keyword of ``KEYWORD=value``, in capitals."""
    return option.partition("=")[0].upper()


def includes(options: Iterable[str], keyword: str) -> bool:
    """Say whether one of the options has the keyword, given in capitals."""
    for option in options:  # noqa: SIM110 - for the few options of a message a generator takes three times as long
        if keyword_of(option) == keyword:
            return True
    return False


def only_offered(options: Iterable[str], offers: Mapping[str, str]) -> list[str]:
    """Leave out each option whose extension is not offered (norm: sendmail)."""
    return [option for option in options if _extension_of(option) in offers]


def _extension_of(option: str) -> str:
    if option.upper() == _BINARY_BODY:
        return "binarymime"
    keyword = option.partition("=")[0].lower()
    return _EXTENSION_OF_OPTION.get(keyword, keyword)
