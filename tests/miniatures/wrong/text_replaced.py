"""Sends a question mark for each character of a text that is not ASCII."""

from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["sendmail/text-outside-ascii"]


class SMTP(reference.SMTP):
    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        if isinstance(msg, str):
            msg = msg.encode("ascii", "replace").decode()
        return super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
