"""Takes a transient refusal of the message for success."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "disconnects/421-ends-the-dialogue",
    "disconnects/421-reaches-the-caller",
    "lmtp/low-level-results",
    "low_level/data-returns-the-last-reply",
    "sendmail/message-refused",
]

# An early refusal may be seen while the data are written, which this client gets right.
MAY_FAIL = ["mail_data/early-refusal"]


class SMTP(reference.SMTP):
    def data(self, msg: str | bytes) -> tuple[int, bytes]:
        code, text = super().data(msg)
        return (250, text) if 400 <= code < 500 else (code, text)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
