"""sendmail() sends its commands past the methods that a subclass overrides."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["sendmail/calls-its-steps"]


class SMTP(reference.SMTP):
    def _has_steps_of_its_own(self):
        return False


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
