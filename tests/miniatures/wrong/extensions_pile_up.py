"""A second EHLO adds to what the first has told, instead of replacing it."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "hello/features-are-replaced",
    "hello/features-cleared-by-a-refusal",
    "login/keywords-change-after-auth",
    "options/offer-of-latest-ehlo",
]

_ehlo = SMTP.ehlo


def ehlo(self, name=""):
    before = self.esmtp_features
    reply = _ehlo(self, name)
    self.esmtp_features = {**before, **self.esmtp_features}
    return reply


SMTP.ehlo = ehlo
