"""Ends the mail data with CRLF, dot and CRLF even where the message ends with CRLF."""

from __future__ import annotations

from collections.abc import Iterable

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
    "mail_data/bytes-are-not-modified",
    "mail_data/large-messages",
    "mail_data/last-line",
    "mail_data/line-ends-of-text",
    "mail_data/long-lines",
    "mail_data/transparency",
    "mail_data/transparency-in-large-messages",
    "send_message/address-outside-ascii",
    "send_message/as-written",
    "sendmail/envelope-is-not-the-header",
    "sendmail/message-types",
]


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data: Iterable[bytes]) -> None:
        wire = b"".join(mail_data)
        super()._send_mail_data([wire[:-3] + b"\r\n.\r\n"])  # type: ignore[arg-type]


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
