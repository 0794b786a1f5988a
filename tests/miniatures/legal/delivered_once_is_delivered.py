"""LMTP does not report a mailbox that was named twice and delivered to once."""

from reference_client import *
from reference_client import LMTP as _LMTP
from reference_client import __all__


class LMTP(_LMTP):
    def _deliver(self, msg, accepted, refused):
        super()._deliver(msg, accepted, refused)
        for recipient, (code, _) in zip(accepted, self.recipient_replies, strict=True):
            if 200 <= code < 300:
                refused.pop(recipient, None)
