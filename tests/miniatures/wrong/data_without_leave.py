"""Sends the message after any reply to DATA but a negative one."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["mail_data/no-data-after-completion"]


class SMTP(reference.SMTP):
    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        code, text = super().docmd(cmd, args)
        return (354, text) if cmd == "DATA" and code < 400 else (code, text)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
