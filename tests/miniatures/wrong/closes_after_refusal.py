"""Closes the connection when a mail is refused."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "lmtp/all-refused-after-data",
    "lmtp/all-refused-between-the-stages",
    "lmtp/data-refused",
    "lmtp/one-recipient-refused-after-data",
    "lmtp/repeated-mailbox",
    "pipelining/354-without-recipients",
    "pipelining/all-recipients-refused",
    "pipelining/data-refused",
    "pipelining/refused-sender",
    "sendmail/open-after-exception",
    "sendmail/reset-after-data-refused",
    "sendmail/reset-after-recipients-refused",
    "sendmail/transactions-are-independent",
]


class SMTP(reference.SMTP):
    def _abandon_transaction(self, error: BaseException) -> None:
        self.close()


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
