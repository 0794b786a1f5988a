"""Doubles dots piece by piece, and forgets at each boundary that a line may begin there."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["mail_data/transparency-in-large-messages"]


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data: Iterable[bytes]) -> None:
        wire = (b"\n" + b"".join(mail_data)).removesuffix(b".\r\n").replace(b"\n..", b"\n.")[1:]
        pieces = [wire[start : start + 8192].replace(b"\n.", b"\n..") for start in range(0, len(wire), 8192)]
        if pieces and pieces[0].startswith(b"."):
            pieces[0] = b"." + pieces[0]
        super()._send_mail_data([*pieces, b".\r\n"])  # type: ignore[arg-type]


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
