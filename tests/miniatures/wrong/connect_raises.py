"""connect() itself raises for a refusing greeting."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, SMTPConnectError, __all__  # noqa: F401

FAILS = [
    "greeting/refused-is-returned-by-connect",
]

_connect = SMTP.connect


def connect(self, host="localhost", port=0, source_address=None):
    code, text = _connect(self, host, port, source_address)
    if code != 220:
        self.close()
        raise SMTPConnectError(code, text)
    return code, text


SMTP.connect = connect
