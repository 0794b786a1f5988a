"""Looks for Resent-Date alone to tell whether there are Resent fields."""

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
        if not letter["Resent-Date"]:
            for name in [name for name in letter.keys() if name.lower().startswith("resent-")]:
                del letter[name]
        return super().send_message(letter, *args, **kwargs)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
