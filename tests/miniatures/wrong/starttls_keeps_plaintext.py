"""Octets that came in clear behind the 220 to STARTTLS are read as the first replies under TLS."""

from reference_client import *
from reference_client._starttls import TLSSession
from reference_client._stream import Stream

_negotiate = TLSSession._negotiate


def _keeping(self, context, server_name):
    old = self._stream()
    _negotiate(self, context, server_name)
    self.file = Stream(self.sock)
    self.file.__dict__.update({name: value for name, value in vars(old).items() if name != "sock"})


TLSSession._negotiate = _keeping

FAILS = ["starttls/reply-injected-in-the-same-segment"]
