"""Reads only the first To, Cc and Bcc field."""

from __future__ import annotations

import copy
from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def send_message(self, msg: Any, *args: Any, **kwargs: Any) -> Any:
        letter = copy.copy(msg)
        for name in ("To", "Cc", "Bcc"):
            values = letter.get_all(name, [])
            del letter[name]
            for value in values[:1]:
                letter[name] = str(value)
        return super().send_message(letter, *args, **kwargs)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
