"""LMTP reads one reply after the mail data, as SMTP does, and takes it for all recipients."""

from reference_client import *
from reference_client import LMTP as _LMTP


class LMTP(_LMTP):
    def _read_recipient_replies(self, awaited):
        self._awaited = 1
        return [self.getreply()] * awaited, None

FAILS = []
