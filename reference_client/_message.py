"""From an ``email.message.Message`` to an envelope and bytes (RFC 5322 3.6; norm: send_message).

This module owns which fields name sender and recipients, and what is not transmitted; it does not know about
SMTP. It is imported by the first ``send_message``.
"""

from __future__ import annotations

import copy
import io
from email.errors import MessageError
from email.generator import BytesGenerator
from email.policy import SMTPUTF8, EmailPolicy
from email.utils import getaddresses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import Message
    from email.policy import Policy

# What the email package raises on fields, and bodies, that it cannot parse or write.
_CANNOT_READ_OR_WRITE = (AssertionError, AttributeError, LookupError, MessageError, RecursionError, TypeError)

_BLIND = ("Bcc", "Resent-Bcc")  # norm: "does not transmit"

# RFC 5322 3.6.6: each of these stands at most once in a set of Resent fields, so that the most frequent one
# counts the sets. Resent-To, -Cc and -Bcc are not asked: doubled, they are more likely one careless set.
_ONCE_IN_A_SET = ("resent-date", "resent-from", "resent-sender", "resent-message-id")


def envelope_of(message: Message, from_addr: str | None, to_addrs: str | Iterable[str] | None) -> tuple[str, list[str]]:
    """Return sender and recipients, from the arguments where given and else from the fields.

    Raises:
        ValueError: There is more than one set of Resent fields, or no sender, or a field that cannot be read.
    """
    prefix = _prefix(message)
    sender = _sender(message, prefix) if from_addr is None else from_addr
    if to_addrs is None:
        names = [f"{prefix}{name}" for name in ("To", "Cc", "Bcc")]
        return sender, [address for name in names for address in _addresses(message, name)]
    return sender, [to_addrs] if isinstance(to_addrs, str) else list(to_addrs)


def serialise(message: Message, *, international: bool) -> bytes:
    """Return the message as bytes with CRLF, without the blind fields.

    Args:
        message: The message; it is not changed.
        international: Whether the fields may be UTF-8 (RFC 6532), as SMTPUTF8 allows.

    Raises:
        ValueError: A field cannot be written.
    """
    visible = copy.copy(message)  # its list of fields is replaced, not changed, by deleting from it
    for name in _BLIND:
        del visible[name]
    written = io.BytesIO()
    policy = _policy(message.policy, international=international)
    try:
        BytesGenerator(written, policy=policy).flatten(visible, linesep="\r\n")
    except _CANNOT_READ_OR_WRITE as error:
        raise ValueError(f"the message cannot be written: {type(error).__name__}: {error}") from error
    return written.getvalue()


def _policy(policy: Policy, *, international: bool) -> Policy:
    if isinstance(policy, EmailPolicy):  # also when it says utf8 itself: SMTPUTF8 has to be agreed first
        return policy.clone(utf8=international)
    return SMTPUTF8 if international else policy  # the legacy policy cannot write UTF-8


def _prefix(message: Message) -> str:
    # raw_items: to get a field is to parse it, which the email package cannot do with any text.
    names = [name.lower() for name, _ in message.raw_items()]
    if not any(name.startswith("resent-") for name in names):
        return ""
    sets = max(names.count(name) for name in _ONCE_IN_A_SET)
    if sets > 1:
        raise ValueError(f"the message has {sets} sets of Resent fields: pass it without all but the last")
    return "Resent-"


def _sender(message: Message, prefix: str) -> str:
    for name in (f"{prefix}Sender", f"{prefix}From"):
        for address in _addresses(message, name):
            return address
    raise ValueError(
        f"the message names no sender: expected an address in {prefix}Sender or {prefix}From, or from_addr"
    )


def _addresses(message: Message, name: str) -> list[str]:
    # raw_items: under the legacy policy, get() puts a replacement character for each octet outside ASCII.
    values = [value for field, value in message.raw_items() if field.lower() == name.lower()]
    return [address for value in values for address in _addresses_in(name, value)]


def _addresses_in(name: str, value: object) -> list[str]:
    text = str(value).strip()  # a field of the modern policies quotes and groups in it as it must
    try:
        found = getaddresses([text])
    except _CANNOT_READ_OR_WRITE as error:
        raise ValueError(f"cannot read an address in the field {name}: {type(error).__name__}: {error}") from error
    addresses = [_decoded(address) for _, address in found if address]
    if text and not addresses and not text.endswith(";"):
        # an empty group ("undisclosed-recipients:;") names nobody; anything else that reads as nobody is lost mail
        raise ValueError(f"cannot read an address in the field {name}: {text!r}")
    return addresses


def _decoded(address: str) -> str:
    """Read the octets of a message that was parsed from bytes as UTF-8 (RFC 6532 3.2); they come as surrogates.

    Raises:
        UnicodeDecodeError: They are in another encoding; only who wrote them knows which address is meant.
    """
    return address.encode("utf-8", "surrogateescape").decode("utf-8")
