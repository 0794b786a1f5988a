"""SASL for SMTP (RFC 4954): mechanisms and their encoding.

This module owns what CRAM-MD5 (RFC 2195), PLAIN (RFC 4616) and LOGIN say, and base64; it does not know about
the AUTH command or the order in which mechanisms are tried.
"""

from __future__ import annotations

import binascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PREFERENCE = ("CRAM-MD5", "PLAIN", "LOGIN")  # norm: login, auth: "in the order listed"

# RFC 4954 has no limit. No mechanism in use takes more than four steps; a server that goes on is playing.
MAX_CHALLENGES = 10

MAX_COMMAND = 12_288  # RFC 4954 4: octets of the AUTH command with its line end

EMPTY_INITIAL_RESPONSE = "="  # RFC 4954 4
CANCEL_RESPONSE = "*"


class ChallengeError(ValueError):
    """The challenge is not base64."""


def encode(response: str) -> str:
    """Encode a response.

    Raises:
        UnicodeEncodeError: It is not ASCII, as the norm wants it.
    """
    return binascii.b2a_base64(response.encode("ascii"), newline=False).decode("ascii")


def decode(challenge: bytes) -> bytes:
    """Decode the text of a 334 reply.

    Raises:
        ChallengeError: It is not base64.
    """
    try:
        return binascii.a2b_base64(challenge, strict_mode=True)
    except binascii.Error as error:
        raise ChallengeError(f"expected a challenge in base64, got {challenge!r}") from error


def postponing(initial: str, authobject: Callable[..., str | None]) -> Callable[[bytes], str | None]:
    """Return an authobject that has its initial response for the first challenge, which is empty then."""
    waiting = [initial]
    return lambda challenge: waiting.pop() if waiting else authobject(challenge)


def check_credentials(user: str, password: str) -> None:
    """Refuse credentials that no mechanism here can carry, before anything of them is sent.

    Raises:
        TypeError: One of them is not a ``str``.
        ValueError: One of them is not ASCII, or holds a NUL, which separates them in PLAIN.
    """
    for name, value in (("user", user), ("password", password)):
        if not isinstance(value, str):
            raise TypeError(f"the {name} must be a str, not {type(value).__name__}")
        if not value.isascii() or "\0" in value:  # the value itself stays out of the message
            raise ValueError(f"the {name} must be ASCII without NUL: no mechanism here can send it")


def is_available(mechanism: str) -> bool:
    """Say whether this interpreter can compute the mechanism: MD5 may be switched off (FIPS)."""
    try:
        if mechanism == "CRAM-MD5":
            cram_md5("", "", b"")
    except (ImportError, ValueError):
        return False
    return True


def cram_md5(user: str, password: str, challenge: bytes) -> str:
    """Return the response of CRAM-MD5 (RFC 2195 2)."""
    import hmac  # noqa: PLC0415 - used once a session at most, and not free to import

    return f"{user} {hmac.new(password.encode('ascii'), challenge, 'md5').hexdigest()}"


def plain(user: str, password: str) -> str:
    """Return the one message of PLAIN (RFC 4616 2), without an authorization identity."""
    return f"\0{user}\0{password}"


def asks_for_password(prompt: bytes, *, user_was_sent: bool) -> bool:
    """Say whether a prompt of LOGIN is for the password.

    LOGIN has no standard. Servers ask in words, and some ask for the user although it came with the AUTH
    command; where the words do not tell, the order does.
    """
    words = prompt.lower()
    return b"pass" in words or (user_was_sent and b"user" not in words)
