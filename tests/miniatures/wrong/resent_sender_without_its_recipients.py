"""Of Resent fields without Resent-Date the sender counts, and the recipients do not."""

import copy
from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["send_message/resent-twice-without-date", "send_message/resent-without-date"]


class SMTP(reference.SMTP):
    def send_message(
        self, msg: Any, from_addr: Any = None, to_addrs: Any = None, mail_options: Any = (), rcpt_options: Any = ()
    ) -> Any:
        sender = None
        letter = copy.copy(msg)
        if not letter["Resent-Date"]:
            sender = letter["Resent-From"]
            for name in [name for name in letter if name.lower().startswith("resent-")]:
                del letter[name]
        return super().send_message(
            letter, sender if from_addr is None else from_addr, to_addrs, mail_options, rcpt_options
        )


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
