"""Returns an empty dictionary although recipients were refused."""

from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "lmtp/421-amid-replies",
    "lmtp/connection-lost-amid-replies",
    "lmtp/missing-reply",
    "lmtp/recipient-reply-that-is-none",
    "lmtp/refused-after-data",
    "lmtp/replies-for-accepted-only",
    "lmtp/second-message",
    "lmtp/send-message",
    "options/smtputf8-refusals",
    "pipelining/recipient-replies",
    "pipelining/replies-in-order",
    "replies/code-alone",
    "replies/code-decides",
    "replies/enhanced-status-codes",
    "replies/several-lines",
    "send_message/result",
    "sendmail/partial-refusal",
    "sendmail/refused-recipient-with-display-name",
    "tls/whole-transaction",
    "wire/one-command-at-a-time",
]


class SMTP(reference.SMTP):
    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)
        return {}


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
