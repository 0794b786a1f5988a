"""LMTP counts mailboxes, not accepted RCPT commands, when it awaits replies."""

from reference_client import *
from reference_client import __all__
from reference_client import LMTP as _LMTP


class LMTP(_LMTP):
    def _deliver(self, msg, accepted, refused):
        super()._deliver(msg, list(dict.fromkeys(accepted)), refused)


FAILS = ["lmtp/repeated-mailbox"]
