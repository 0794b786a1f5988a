"""Sends an empty message as no line at all."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data: Iterable[bytes]) -> None:
        wire = b"".join(mail_data)
        super()._send_mail_data([b".\r\n" if wire == b"\r\n.\r\n" else wire])  # type: ignore[arg-type]


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
