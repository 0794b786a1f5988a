"""A refused EHLO leaves does_esmtp true where an earlier one was accepted."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "hello/does-esmtp-follows-the-latest",
]

_ehlo = SMTP.ehlo


def ehlo(self, name=""):
    before = self.does_esmtp
    reply = _ehlo(self, name)
    self.does_esmtp = self.does_esmtp or before
    return reply


SMTP.ehlo = ehlo
