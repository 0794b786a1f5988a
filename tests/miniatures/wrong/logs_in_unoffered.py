"""login tries PLAIN where AUTH is not offered."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession

_login = AuthenticatedSession.login


def login(self, user, password, *, initial_response_ok=True):
    self.ehlo_or_helo_if_needed()
    self.esmtp_features.setdefault("auth", "PLAIN")
    return _login(self, user, password, initial_response_ok=initial_response_ok)


AuthenticatedSession.login = login

FAILS = []
