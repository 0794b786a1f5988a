"""LMTP takes recipients without a reply for served when the connection ends or times out amid the replies."""

from reference_client import *
from reference_client import LMTP as _LMTP
from reference_client import __all__


class LMTP(_LMTP):
    def _read_recipient_replies(self, awaited):
        replies, end = super()._read_recipient_replies(awaited)
        return [reply if reply[0] > 0 else (250, b"") for reply in replies], end


FAILS = [
    "disconnects/before-writing-data",
    "lmtp/connection-lost-amid-replies",
    "lmtp/missing-reply",
    "lmtp/recipient-reply-that-is-none",
]
# Whether the last octets are written before the connection's end is noticed is a race.
MAY_FAIL = ["mail_data/closed-while-writing"]
