"""A TLS negotiation that failed leaves the connection open, and later commands go out in clear."""

import socket

from reference_client import *
from reference_client._starttls import TLSSession

_negotiate = TLSSession._negotiate


def _leaving_open(self, context, server_name):
    spare, known = socket.socket(fileno=socket.dup(self.sock.fileno())), dict(self.__dict__)
    spare.settimeout(self.sock.gettimeout())
    try:
        _negotiate(self, context, server_name)
    except Exception:
        self.__dict__.update(known)
        self.sock, self.file = spare, None
        raise
    spare.close()


TLSSession._negotiate = _leaving_open

FAILS = []
