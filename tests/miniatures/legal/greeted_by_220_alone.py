"""A greeting of another positive code than 220 raises SMTPConnectError."""

from contextlib import suppress

from reference_client import *
from reference_client import SMTP, SMTPConnectError, SMTPServerDisconnected, __all__


def open_(self, host, port):
    code, text = self.connect(host, port)
    if code == 220:
        return
    with suppress(SMTPServerDisconnected):
        self.putcmd("QUIT")
    self.close()
    raise SMTPConnectError(code, text)


SMTP._open = open_
