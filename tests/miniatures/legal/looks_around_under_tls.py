"""A NOOP and a RSET are sent behind every STARTTLS, and a NOOP behind every login."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Freedom(MailSession):
    def login(self, user, password, *, initial_response_ok=True):
        reply = super().login(user, password, initial_response_ok=initial_response_ok)
        self.noop()
        return reply

    def starttls(self, keyfile=None, certfile=None, context=None):
        reply = super().starttls(keyfile, certfile, context)
        self.noop()
        self.rset()
        return reply


SMTP.__bases__ = (Freedom,)
