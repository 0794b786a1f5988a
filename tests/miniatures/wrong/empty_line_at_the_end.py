"""Ends the mail data with CRLF, dot and CRLF even where the message ends with CRLF."""

from __future__ import annotations

from collections.abc import Iterable

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data: Iterable[bytes]) -> None:
        wire = b"".join(mail_data)
        super()._send_mail_data([wire[:-3] + b"\r\n.\r\n"])  # type: ignore[arg-type]


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
