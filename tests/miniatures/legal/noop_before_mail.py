"""Each transaction begins with a NOOP and an RSET, and an accepted EHLO is said twice."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

_mail, _ehlo_or_helo_if_needed = SMTP.mail, SMTP.ehlo_or_helo_if_needed


def mail(self, sender, options=()):
    self.noop()
    self.rset()
    return _mail(self, sender, options)


def ehlo_or_helo_if_needed(self):
    greeted = self._is_introduced
    _ehlo_or_helo_if_needed(self)
    if self.does_esmtp and not greeted:
        self.ehlo()


SMTP.mail = mail
SMTP.ehlo_or_helo_if_needed = ehlo_or_helo_if_needed
