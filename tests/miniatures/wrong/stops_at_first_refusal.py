"""Gives the whole mail up when one recipient is refused."""

from collections.abc import Sequence
from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "lmtp/all-refused-between-the-stages",
    "lmtp/replies-for-accepted-only",
    "options/smtputf8-refusals",
    "pipelining/recipient-replies",
    "pipelining/replies-in-order",
    "replies/code-alone",
    "replies/code-decides",
    "replies/enhanced-status-codes",
    "replies/several-lines",
    "send_message/result",
    "sendmail/partial-refusal",
    "sendmail/refused-recipient-with-display-name",
    "sendmail/transactions-are-independent",
    "tls/whole-transaction",
    "wire/one-command-at-a-time",
]


class SMTP(reference.SMTP):
    def _name_recipients(self, recipients: Sequence[str], options: Sequence[str]) -> Any:
        accepted, refused = super()._name_recipients(recipients, options)
        if refused:
            raise reference.SMTPRecipientsRefused(refused)
        return accepted, refused


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
