"""Leaves the transaction open when a mail is refused."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "sendmail/reset-after-data-refused",
    "sendmail/reset-after-recipients-refused",
]


class SMTP(reference.SMTP):
    def _abandon_transaction(self, error: BaseException) -> None:
        self._forget_transaction()


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
