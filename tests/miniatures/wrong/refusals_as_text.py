"""Returns the text of a refusal as str."""

from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "api/exported-names",
    "api/sendmail-parameters",
    "lmtp/421-amid-replies",
    "lmtp/refused-after-data",
    "lmtp/repeated-mailbox",
    "lmtp/replies-for-accepted-only",
    "lmtp/second-message",
    "lmtp/send-message",
    "pipelining/replies-in-order",
    "replies/code-alone",
    "replies/code-decides",
    "replies/enhanced-status-codes",
    "send_message/result",
    "sendmail/partial-refusal",
    "tls/whole-transaction",
]


class SMTP(reference.SMTP):
    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        refused = super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)
        return {recipient: (code, text.decode()) for recipient, (code, text) in refused.items()}


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
