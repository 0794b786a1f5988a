"""An ehlo() that was refused counts as the greeting, and does_esmtp is 0 or 1."""

from reference_client import *
from reference_client import SMTP, __all__

_ehlo = SMTP.ehlo


def ehlo(self, name=""):
    reply = _ehlo(self, name)
    self._is_greeted = self.sock is not None
    self.does_esmtp = int(self.does_esmtp)
    return reply


SMTP.ehlo = ehlo
