"""Deletes the Bcc field of the caller's own message."""

from __future__ import annotations

from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def send_message(self, msg: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().send_message(msg, *args, **kwargs)
        finally:
            del msg["Bcc"]


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
