"""LMTP awaits a reply after the mail data for every RCPT, also for the refused."""

from reference_client import *
from reference_client import LMTP as _LMTP
from reference_client import __all__


class LMTP(_LMTP):
    def rcpt(self, recip, options=()):
        code, text = super().rcpt(recip, options)
        if code >= 300:
            self._named = getattr(self, "_named", 0) + 1
        return code, text

    def _read_recipient_replies(self, awaited):
        refused, self._named = getattr(self, "_named", 0), 0
        self.sock.settimeout(0.3 if refused else self.sock.gettimeout())  # so that it need not be waited for
        replies, end = super()._read_recipient_replies(awaited + refused)
        return replies[:awaited], end


FAILS = [
    "lmtp/all-refused-between-the-stages",
    "lmtp/low-level-data",
    "lmtp/replies-for-accepted-only",
    "pipelining/recipient-replies",
    "pipelining/replies-in-order",
    "sendmail/transactions-are-independent",
    "wire/one-command-at-a-time",
]
