"""Octets that came in clear behind the 220 to STARTTLS are read as the first replies under TLS."""

from reference_client import *
from reference_client import __all__
from reference_client._stream import Stream
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _negotiate(self, context, server_name):
        old = self._stream()
        super()._negotiate(context, server_name)
        self.file = Stream(self.sock)
        self.file.__dict__.update({name: value for name, value in vars(old).items() if name != "sock"})


SMTP.__bases__ = (Bug,)

FAILS = ["starttls/reply-injected-in-the-same-segment"]
