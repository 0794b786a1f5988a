"""Compares the number of refused addresses with that of recipients, so that a repeated one counts once."""

from collections.abc import Sequence
from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["lmtp/repeated-mailbox", "send_message/address-in-two-fields", "sendmail/all-refused-repeated-address"]


class SMTP(reference.SMTP):
    def _name_recipients(self, recipients: Sequence[str], options: Sequence[str]) -> Any:
        if len(set(recipients)) == len(recipients):
            return super()._name_recipients(recipients, options)
        answers = {recipient: self.rcpt(recipient, options) for recipient in recipients}
        refused = {recipient: reply for recipient, reply in answers.items() if reply[0] >= 300}
        return [recipient for recipient in recipients if recipient not in refused], refused


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
