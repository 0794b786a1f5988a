"""has_extn() finds only names in small letters."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "hello/has-extn-whatever-the-case-of-the-name",
]


def has_extn(self, name):
    return name in self.esmtp_features


SMTP.has_extn = has_extn
