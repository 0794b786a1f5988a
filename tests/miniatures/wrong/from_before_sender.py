"""Takes the reverse-path from From although there is a Sender."""

from __future__ import annotations

import copy
from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def send_message(self, msg: Any, from_addr: Any = None, *args: Any, **kwargs: Any) -> Any:
        letter = copy.copy(msg)
        if letter["From"]:
            del letter["Sender"]
        return super().send_message(letter, from_addr, *args, **kwargs)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
