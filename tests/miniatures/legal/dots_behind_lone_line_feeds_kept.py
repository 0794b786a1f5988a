"""Doubles no dot behind a lone line feed, since only CRLF ends a line."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data: Iterable[bytes]) -> None:
        wire = (b"\r\n" + b"".join(mail_data)).removesuffix(b".\r\n").replace(b"\n..", b"\n.")
        super()._send_mail_data([wire.replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"])  # type: ignore[arg-type]


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
