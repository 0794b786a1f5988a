"""Converts lone line feeds in text, and leaves lone carriage returns."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "mail_data/line-ends-in-large-messages",
    "mail_data/line-ends-of-text",
    "mail_data/transparency-of-converted-lines",
]


class SMTP(reference.SMTP):
    def data(self, msg: str | bytes) -> tuple[int, bytes]:
        if isinstance(msg, str):
            msg = msg.encode("ascii").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return super().data(msg)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
