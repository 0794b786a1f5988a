"""Says RSET behind each mail that was accepted."""

from contextlib import suppress
from functools import wraps

from reference_client import *
from reference_client import SMTP, __all__


@wraps(SMTP.sendmail)
def sendmail(self, *args, **kwargs):
    refused = _sendmail(self, *args, **kwargs)
    with suppress(OSError):  # the mail is delivered, whatever becomes of the connection
        self.rset()
    return refused


_sendmail, SMTP.sendmail = SMTP.sendmail, sendmail
