"""LMTP raises SMTPDataError where the only recipient is refused after the mail data."""

from reference_client import *
from reference_client import LMTP as _LMTP
from reference_client import __all__


class LMTP(_LMTP):
    def _deliver(self, msg, accepted, refused):
        alone = len(accepted) == 1 and not refused
        try:
            super()._deliver(msg, accepted, refused)
        except SMTPRecipientsRefused:
            if alone:
                raise SMTPDataError(*self.recipient_replies[0]) from None
            raise
