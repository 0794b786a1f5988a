"""connect on a connected object makes a new connection, and goes on with the old one."""

from reference_client import *
from reference_client import SMTP, __all__


def connect(self, host="localhost", port=0, source_address=None):
    before = self.sock, self.file
    if before[0] is None:
        return _connect(self, host, port, source_address)
    self.sock = None
    greeting = _connect(self, host, port, source_address)
    self.sock.close()
    self.sock, self.file = before
    return greeting


_connect, SMTP.connect = SMTP.connect, connect

FAILS = [
    "hello/again-after-a-second-connect",
    "lmtp/connect-while-connected",
    "session/connect-while-connected",
]
