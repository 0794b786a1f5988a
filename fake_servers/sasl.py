"""This module owns authentication on the server's side: what each mechanism asks, and what it learns (RFC 4954).

Base64 and replies are the session's business.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a client claims.

    Attributes:
        user: who it says it is.
        proven_by: whether it knows this password.
    """

    user: str
    proven_by: Callable[[str], bool]


Exchange: TypeAlias = Generator[bytes, bytes, Claim]
"""Yields challenges, is sent responses, returns the claim; raises ValueError at a response that it cannot read."""


def _same(response: bytes) -> Callable[[str], bool]:
    return lambda password: hmac.compare_digest(response, password.encode())


def _plain(initial: bytes | None) -> Exchange:
    """RFC 4616: authorization identity, NUL, authentication identity, NUL, password."""
    response = initial if initial is not None else (yield b"")
    parts = response.split(b"\0")
    if len(parts) != 3:
        raise ValueError("PLAIN takes an identity, a user and a password with NUL between them")
    return Claim(user=parts[1].decode(), proven_by=_same(parts[2]))


def _login(initial: bytes | None) -> Exchange:
    """What Exchange and Sendmail made of it: two questions."""
    user = initial if initial is not None else (yield b"Username:")
    password = yield b"Password:"
    return Claim(user=user.decode(), proven_by=_same(password))


def _cram_md5(initial: bytes | None) -> Exchange:
    """RFC 2195: user and keyed digest of the challenge."""
    if initial is not None:
        raise ValueError("CRAM-MD5 takes no initial response")
    challenge = f"<{os.urandom(8).hex()}@fake.example.test>".encode()
    user, _, digest = (yield challenge).decode().rpartition(" ")
    if not user:
        raise ValueError("CRAM-MD5 takes a user and a digest")
    return Claim(
        user=user,
        proven_by=lambda password: hmac.compare_digest(
            digest, hmac.new(password.encode(), challenge, "md5").hexdigest()
        ),
    )


def _xoauth2(initial: bytes | None) -> Exchange:
    """Google's: user and bearer token with Control-A between them; the token is the password."""
    response = initial if initial is not None else (yield b"")
    fields = dict(part.partition("=")[::2] for part in response.decode().split("\x01") if part)
    kind, _, token = fields.get("auth", "").partition(" ")
    if "user" not in fields or kind.lower() != "bearer":
        raise ValueError("XOAUTH2 takes a user and a bearer token")
    return Claim(user=fields["user"], proven_by=_same(token.encode()))


MECHANISMS: Mapping[str, Callable[[bytes | None], Exchange]] = MappingProxyType(
    {"PLAIN": _plain, "LOGIN": _login, "CRAM-MD5": _cram_md5, "XOAUTH2": _xoauth2}
)
