"""The audit event of sending has mail data as text and not as bytes."""

import sys

from reference_client import *
from reference_client import SMTP, __all__

FAILS = ["audit/send-mail-data", "debugging/any-octets", "timeouts/closes-the-connection-while-writing"]


def send(self, s):
    data = s.encode(self.command_encoding) if isinstance(s, str) else bytes(s)
    if self.debuglevel > 0:
        self._print_debug("send:", repr(data))
    sys.audit("smtplib.send", self, data.decode() if data.startswith(b"Subject:") else data)
    self._stream().write(data)


SMTP.send = send
