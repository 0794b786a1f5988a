"""A refused constructor leaves its connection open."""

from contextlib import suppress

from reference_client import *
from reference_client import SMTP, SMTPConnectError, SMTPServerDisconnected, __all__

FAILS = [
    "greeting/refused-is-hung-up",
]

connections = []


def open_(self, host, port):
    code, text = self.connect(host, port)
    if not 200 <= code <= 299:
        connections.append(self.sock)
        with suppress(SMTPServerDisconnected):
            self.docmd("QUIT")
        raise SMTPConnectError(code, text)


SMTP._open = open_
