"""set_debuglevel() and has_extn() take their argument by another name than is documented."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "api/has-extn-parameters",
    "api/set-debuglevel-parameters",
]


def set_debuglevel(self, debuglevel):
    self.debuglevel = debuglevel


def has_extn(self, opt):
    return opt.lower() in self.esmtp_features


SMTP.set_debuglevel = set_debuglevel
SMTP.has_extn = has_extn
