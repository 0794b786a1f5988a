"""Each transaction begins with a NOOP and an RSET, and each session has one EHLO more."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

_mail, _ehlo_if_needed = SMTP.mail, SMTP.ehlo_or_helo_if_needed


def mail(self, sender, options=()):
    self.noop()
    return _mail(self, sender, options)


SMTP.mail = mail
