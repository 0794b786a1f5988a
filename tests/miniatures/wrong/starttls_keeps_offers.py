"""What EHLO offered in clear is kept behind STARTTLS."""

from reference_client import *
from reference_client._starttls import TLSSession

_starttls = TLSSession.starttls


def starttls(self, *args, **kwargs):
    self.ehlo_or_helo_if_needed()
    known = {name: getattr(self, name) for name in ("esmtp_features", "does_esmtp", "ehlo_resp", "_is_greeted")}
    reply = _starttls(self, *args, **kwargs)
    for name, value in known.items():
        setattr(self, name, value)
    return reply


TLSSession.starttls = starttls

FAILS = []
