"""A TLS negotiation that failed leaves the connection open, and later commands go out in clear."""

import socket

import reference_client
from reference_client import *


class Bug:
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


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = [
    "starttls/end-before-negotiation",
    "starttls/no-tls-behind-220",
]
