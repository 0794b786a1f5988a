"""Compares the number of refused addresses with that of recipients, so that a repeated one counts once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def _name_recipients(self, recipients: Sequence[str], options: Sequence[str]) -> Any:
        answers = {recipient: self.rcpt(recipient, options) for recipient in recipients}
        refused = {recipient: reply for recipient, reply in answers.items() if reply[0] >= 300}
        if len(refused) == len(recipients):
            raise reference.SMTPRecipientsRefused(refused)
        return [recipient for recipient in recipients if recipient not in refused], refused


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
