"""Takes a transient refusal of the message for success."""

from __future__ import annotations

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def data(self, msg: str | bytes) -> tuple[int, bytes]:
        code, text = super().data(msg)
        return (250, text) if 400 <= code < 500 else (code, text)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
