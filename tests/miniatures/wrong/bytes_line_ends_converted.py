"""Converts the line ends of bytes as well."""

from __future__ import annotations

import re

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def data(self, msg: str | bytes) -> tuple[int, bytes]:
        return super().data(re.sub(b"\r\n|\r|\n", b"\r\n", msg) if isinstance(msg, bytes) else msg)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
