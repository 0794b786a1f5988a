"""Takes form feed, vertical tab and the like in text for line ends."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["mail_data/line-ends-of-text"]


class SMTP(reference.SMTP):
    def data(self, msg: str | bytes) -> tuple[int, bytes]:
        return super().data("".join(f"{line}\r\n" for line in msg.splitlines()) if isinstance(msg, str) else msg)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
