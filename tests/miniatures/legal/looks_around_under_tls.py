"""A NOOP and a RSET are sent behind every STARTTLS and every login."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession

_login, _starttls = AuthenticatedSession.login, AuthenticatedSession.starttls


def login(self, *args, **kwargs):
    reply = _login(self, *args, **kwargs)
    self.noop()
    return reply


def starttls(self, *args, **kwargs):
    reply = _starttls(self, *args, **kwargs)
    self.noop()
    self.rset()
    return reply


AuthenticatedSession.login, AuthenticatedSession.starttls = login, starttls
