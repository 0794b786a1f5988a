"""The audit event of sending comes when the bytes are out."""

import sys

from reference_client import *
from reference_client import SMTP, __all__
from reference_client import _debug as debug

FAILS = ["audit/send-before-transmission", "timeouts/closes-the-connection-while-writing"]


def send(self, s):
    data = s.encode(self.command_encoding) if isinstance(s, str) else bytes(s)
    stream = self._stream()
    if self.debuglevel > 0:
        self._print_debug("send:", repr(debug.conceal(data, self._secret)))
    stream.write(data)
    sys.audit("smtplib.send", self, data)


SMTP.send = send
