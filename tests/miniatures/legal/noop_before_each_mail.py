"""Says NOOP before each MAIL, to see whether the connection still stands."""

from reference_client import *
from reference_client import __all__

_mail = SMTP.mail


def mail(self, sender, options=()):
    code, text = self.noop()
    return _mail(self, sender, options) if code == 250 else (code, text)


SMTP.mail = mail
