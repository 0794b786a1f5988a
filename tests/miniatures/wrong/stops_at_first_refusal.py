"""Gives the whole mail up when one recipient is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def _name_recipients(self, recipients: Sequence[str], options: Sequence[str]) -> Any:
        accepted, refused = super()._name_recipients(recipients, options)
        if refused:
            raise reference.SMTPRecipientsRefused(refused)
        return accepted, refused


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
