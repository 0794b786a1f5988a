"""LMTP reads one reply after the mail data, as SMTP does, and takes it for all recipients."""

from reference_client import *
from reference_client import LMTP as _LMTP
from reference_client import __all__


class LMTP(_LMTP):
    def _read_recipient_replies(self, awaited):
        self._awaited = 1
        return [self.getreply()] * awaited, None


FAILS = [
    "lmtp/421-amid-replies",
    "lmtp/all-refused-after-data",
    "lmtp/all-refused-between-the-stages",
    "lmtp/connection-lost-amid-replies",
    "lmtp/every-recipient-reply-is-read",
    "lmtp/low-level-data",
    "lmtp/missing-reply",
    "lmtp/recipient-reply-that-is-none",
    "lmtp/refused-after-data",
    "lmtp/repeated-mailbox",
    "lmtp/replies-for-accepted-only",
    "lmtp/second-message",
    "lmtp/send-message",
    "pipelining/recipient-replies",
]
