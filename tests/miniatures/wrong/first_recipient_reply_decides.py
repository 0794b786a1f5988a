"""LMTP reads all recipient replies, and takes a negative first one for the failure of the message."""

from reference_client import *
from reference_client import LMTP as _LMTP
from reference_client import __all__


class LMTP(_LMTP):
    def _deliver(self, msg, accepted, refused):
        super()._deliver(msg, accepted, refused)
        code, text = self.recipient_replies[0]
        if code >= 400:
            raise SMTPDataError(code, text)


FAILS = [
    "lmtp/refused-after-data",
    "lmtp/repeated-mailbox",
    "lmtp/replies-for-accepted-only",
    "lmtp/send-message",
]
