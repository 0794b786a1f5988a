"""Raises what became of RSET instead of the refusal behind which it was sent."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "disconnects/refusal-with-hang-up",
    "sendmail/later-refusal-survives-lost-reset",
    "sendmail/refusal-survives-lost-reset",
]


class SMTP(reference.SMTP):
    def _abandon_transaction(self, error: BaseException) -> None:
        if self.sock is not None:
            code, text = self.rset()
            if code != 250:
                raise reference.SMTPResponseException(code, text)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
