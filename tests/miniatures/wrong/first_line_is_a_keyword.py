"""The first line of the reply to EHLO is read as an extension like the others."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "hello/first-line-is-no-keyword",
    "hello/reply-of-one-line",
    "login/keywords-change-after-auth",
]

_ehlo = SMTP.ehlo


def ehlo(self, name=""):
    code, text = _ehlo(self, name)
    if code == 250:
        keyword, _, parameters = text.decode("latin-1").partition("\n")[0].partition(" ")
        self.esmtp_features.setdefault(keyword.lower(), parameters)
    return code, text


SMTP.ehlo = ehlo
