"""Takes form feed, vertical tab and the like in text for line ends."""

from __future__ import annotations

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def data(self, msg: str | bytes) -> tuple[int, bytes]:
        return super().data("".join(f"{line}\r\n" for line in msg.splitlines()) if isinstance(msg, str) else msg)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
