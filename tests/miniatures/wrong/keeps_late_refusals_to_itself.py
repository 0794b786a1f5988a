"""LMTP returns only the recipients that were refused at RCPT."""

from reference_client import *
from reference_client import LMTP as _LMTP


class LMTP(_LMTP):
    def _deliver(self, msg, accepted, refused):
        early = dict(refused)
        super()._deliver(msg, accepted, refused)
        refused.clear()
        refused.update(early)

FAILS = []
