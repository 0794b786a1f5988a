"""Sends lines that begin with a dot as they are."""

from __future__ import annotations

from collections.abc import Iterable

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data: Iterable[bytes]) -> None:
        wire = (b"\n" + b"".join(mail_data)).removesuffix(b".\r\n")
        super()._send_mail_data([wire.replace(b"\n..", b"\n.")[1:] + b".\r\n"])  # type: ignore[arg-type]


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
