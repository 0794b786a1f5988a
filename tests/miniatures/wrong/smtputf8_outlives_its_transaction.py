"""After mail() with SMTPUTF8 all commands may have octets above 127, until the next mail()."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["options/smtputf8-step-by-step"]


class SMTP(reference.SMTP):
    def _forget_transaction(self):
        encoding = getattr(self, "command_encoding", "ascii")
        super()._forget_transaction()
        self.command_encoding = encoding


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
