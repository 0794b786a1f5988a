"""connect() itself raises for a refusing greeting."""

from contextlib import suppress

from reference_client import *
from reference_client import SMTP, SMTPConnectError, SMTPServerDisconnected, __all__

FAILS = [
    "greeting/refused-is-returned-by-connect",
]

_connect = SMTP.connect


def connect(self, host="localhost", port=0, source_address=None):
    code, text = _connect(self, host, port, source_address)
    if code != 220:
        with suppress(SMTPServerDisconnected):
            self.quit()
        raise SMTPConnectError(code, text)
    return code, text


SMTP.connect = connect
