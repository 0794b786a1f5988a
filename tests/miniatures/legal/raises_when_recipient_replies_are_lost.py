"""LMTP raises SMTPServerDisconnected when the connection ends amid the recipient replies."""

from reference_client import *
from reference_client import LMTP as _LMTP
from reference_client import __all__


class LMTP(_LMTP):
    def _read_recipient_replies(self, awaited):
        replies, end = super()._read_recipient_replies(awaited)
        if end is not None:
            raise end
        return replies, end
