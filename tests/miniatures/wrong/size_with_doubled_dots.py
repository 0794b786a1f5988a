"""Counts doubled dots and the end of the mail data in the size."""

from collections.abc import Iterable
from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__
from reference_client._mail_data import MailData

FAILS = [
    "options/message-over-the-limit",
    "options/size-counts-octets",
    "options/size-of-unended-message",
    "options/size-offered",
]


class SMTP(reference.SMTP):
    _length = 0

    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        self._length = len(b"".join(MailData(msg)))
        return super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)

    def mail(self, sender: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        sized = [f"SIZE={self._length}" if option.startswith("SIZE=") else option for option in options]
        return super().mail(sender, sized)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
