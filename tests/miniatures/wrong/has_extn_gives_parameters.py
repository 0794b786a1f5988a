"""has_extn() returns the parameters of the extension where it has some."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = ["hello/has-extn-true", "session/two-objects", "starttls/ehlo-again"]


def has_extn(self, name):
    return name.lower() in self.esmtp_features and (self.esmtp_features[name.lower()] or True)


SMTP.has_extn = has_extn
