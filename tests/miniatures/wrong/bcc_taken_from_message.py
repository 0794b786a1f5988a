"""Deletes the Bcc field of the caller's own message."""

from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["send_message/message-untouched"]


class SMTP(reference.SMTP):
    def send_message(
        self, msg: Any, from_addr: Any = None, to_addrs: Any = None, mail_options: Any = (), rcpt_options: Any = ()
    ) -> Any:
        try:
            return super().send_message(msg, from_addr, to_addrs, mail_options, rcpt_options)
        finally:
            del msg["Bcc"]


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
