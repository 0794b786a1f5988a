"""The lines of a reply are joined by a space, "into one long line"."""

from reference_client import *
from reference_client import SMTP, __all__


def getreply(self):
    code, text = _getreply(self)
    return code, text.replace(b"\n", b" ")


def ehlo(self, name=""):
    SMTP.getreply = _getreply
    try:
        code, text = _ehlo(self, name)
    finally:
        SMTP.getreply = getreply
    self.ehlo_resp = text.replace(b"\n", b" ")
    return code, self.ehlo_resp


_getreply, SMTP.getreply = SMTP.getreply, getreply
_ehlo, SMTP.ehlo = SMTP.ehlo, ehlo
