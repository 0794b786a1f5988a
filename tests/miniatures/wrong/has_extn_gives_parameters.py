"""has_extn() returns the parameters of the extension, or None."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

FAILS = [
]


def has_extn(self, name):
    return self.esmtp_features.get(name.lower())


SMTP.has_extn = has_extn
