"""Takes a lone line feed at the end of bytes for the line end that has to come before the last dot."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["mail_data/last-line"]


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data):
        wire = b"".join(mail_data)
        if wire.endswith(b"\n\r\n.\r\n") and not wire.endswith(b"\r\n\r\n.\r\n"):
            wire = wire[:-5] + b".\r\n"
        super()._send_mail_data([wire])


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
