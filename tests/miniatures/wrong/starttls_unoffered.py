"""STARTTLS is sent also where it is not offered."""

from reference_client import *
from reference_client._starttls import TLSSession

_starttls = TLSSession.starttls


def starttls(self, *args, **kwargs):
    self.ehlo_or_helo_if_needed()
    self.esmtp_features.setdefault("starttls", "")
    return _starttls(self, *args, **kwargs)


TLSSession.starttls = starttls

FAILS = []
