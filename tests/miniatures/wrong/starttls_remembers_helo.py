"""Takes a HELO that was said in clear for the greeting under TLS."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    _said_helo = False

    def helo(self, name=""):
        self._said_helo = True
        return super().helo(name)

    def starttls(self, keyfile=None, certfile=None, context=None):
        reply = super().starttls(keyfile, certfile, context)
        if self._said_helo:
            self._is_greeted, self.helo_resp = True, b"said before"
        return reply


SMTP.__bases__ = (Bug,)

FAILS = ["starttls/forgets-helo"]
