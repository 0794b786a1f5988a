"""does_esmtp stays true on the next connection, and options go out to a server of HELO alone."""

from reference_client import *
from reference_client import SMTP, __all__

_helo = SMTP.helo
_ehlo = SMTP.ehlo
_only_offered = SMTP._only_offered


def ehlo(self, name=""):
    reply = _ehlo(self, name)
    self._was_esmtp = self.__dict__.get("_was_esmtp", False) or self.does_esmtp
    return reply


def helo(self, name=""):
    reply = _helo(self, name)
    self.does_esmtp = self.__dict__.get("_was_esmtp", False)
    return reply


SMTP.ehlo, SMTP.helo = ehlo, helo

FAILS = ["hello/does-esmtp-of-the-new-session"]
