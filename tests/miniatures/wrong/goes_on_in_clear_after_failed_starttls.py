"""A TLS negotiation that failed leaves the connection open, and later commands go out in clear."""

import socket

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _negotiate(self, context, server_name):
        spare, known = socket.socket(fileno=socket.dup(self.sock.fileno())), dict(self.__dict__)
        spare.settimeout(self.sock.gettimeout())
        try:
            super()._negotiate(context, server_name)
        except Exception:
            self.__dict__.update(known)
            self.sock, self.file = spare, None
            raise
        spare.close()


SMTP.__bases__ = (Bug,)

FAILS = ["starttls/end-before-negotiation", "starttls/name-that-cannot-be-checked", "starttls/no-tls-behind-220"]
