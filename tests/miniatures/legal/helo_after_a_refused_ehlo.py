"""Only 220 greets, a refused ehlo() counts as having said hello, and does_esmtp is 0 or 1."""

from contextlib import suppress

from reference_client import *  # noqa: F403
from reference_client import SMTP, SMTPConnectError, SMTPServerDisconnected, __all__  # noqa: F401


def open_(self, host, port):
    code, text = self.connect(host, port)
    if code != 220:
        self.putcmd_quietly()
        raise SMTPConnectError(code, text)


def putcmd_quietly(self):
    with suppress(SMTPServerDisconnected):
        self.putcmd("QUIT")
    self.close()


SMTP._open = open_
SMTP.putcmd_quietly = putcmd_quietly
