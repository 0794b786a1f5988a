"""Sends lines that begin with a dot as they are."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "lmtp/one-recipient",
    "low_level/step-by-step",
    "mail_data/dot-behind-lone-line-feed",
    "mail_data/transparency",
    "mail_data/transparency-in-large-messages",
    "mail_data/transparency-of-converted-lines",
    "tls/whole-transaction",
]


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data: Iterable[bytes]) -> None:
        wire = (b"\n" + b"".join(mail_data)).removesuffix(b".\r\n")
        super()._send_mail_data([wire.replace(b"\n..", b"\n.")[1:] + b".\r\n"])  # type: ignore[arg-type]


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
