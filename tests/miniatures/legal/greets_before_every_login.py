"""login and starttls send one EHLO more than they need."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession

_login, _starttls = AuthenticatedSession.login, AuthenticatedSession.starttls


def login(self, *args, **kwargs):
    self.ehlo_or_helo_if_needed()
    if self.does_esmtp:
        self.ehlo()
    return _login(self, *args, **kwargs)


def starttls(self, *args, **kwargs):
    self.ehlo_or_helo_if_needed()
    if self.does_esmtp and self.has_extn("starttls"):
        self.ehlo()
    return _starttls(self, *args, **kwargs)


AuthenticatedSession.login, AuthenticatedSession.starttls = login, starttls
