"""Sending MAIL, RCPT and STARTTLS raises no audit event."""

import sys

from reference_client import *
from reference_client import SMTP, __all__

FAILS = ["audit/send-starttls", "audit/send-transaction", "timeouts/closes-the-connection-while-writing"]


def send(self, s):
    data = s.encode(self.command_encoding) if isinstance(s, str) else bytes(s)
    if self.debuglevel > 0:
        self._print_debug("send:", repr(data))
    if not data.upper().startswith((b"MAIL ", b"RCPT ", b"STARTTLS")):
        sys.audit("smtplib.send", self, data)
    self._stream().write(data)


SMTP.send = send
