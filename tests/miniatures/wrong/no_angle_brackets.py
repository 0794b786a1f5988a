"""Leaves the angle brackets out where the caller wrote none."""

from __future__ import annotations

import re

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        return super().docmd(cmd, re.sub(":<(.+?)>", r":\1", args) if cmd == "RCPT" else args)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
