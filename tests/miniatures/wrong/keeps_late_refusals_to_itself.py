"""LMTP returns only the recipients that were refused at RCPT."""

from reference_client import *
from reference_client import LMTP as _LMTP
from reference_client import __all__


class LMTP(_LMTP):
    def _deliver(self, msg, accepted, refused):
        early = dict(refused)
        super()._deliver(msg, accepted, refused)
        refused.clear()
        refused.update(early)


FAILS = [
    "lmtp/421-amid-replies",
    "lmtp/connection-lost-amid-replies",
    "lmtp/missing-reply",
    "lmtp/recipient-reply-that-is-none",
    "lmtp/refused-after-data",
    "lmtp/replies-for-accepted-only",
    "lmtp/second-message",
    "lmtp/send-message",
    "pipelining/recipient-replies",
]
