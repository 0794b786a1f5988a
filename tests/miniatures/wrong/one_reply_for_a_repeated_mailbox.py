"""LMTP counts mailboxes, not accepted RCPT commands, when it awaits replies."""

from reference_client import *
from reference_client import LMTP as _LMTP
from reference_client import __all__


class LMTP(_LMTP):
    def _deliver(self, msg, accepted, refused):
        super()._deliver(msg, list(dict.fromkeys(accepted)), refused)


FAILS = ["lmtp/repeated-mailbox"]
