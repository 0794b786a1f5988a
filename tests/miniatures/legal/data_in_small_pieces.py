"""Writes the mail data a few octets at a time."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data: Iterable[bytes]) -> None:
        wire = b"".join(mail_data)
        size = max(7, len(wire) // 50)
        super()._send_mail_data([wire[start : start + size] for start in range(0, len(wire), size)])  # type: ignore[arg-type]


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
