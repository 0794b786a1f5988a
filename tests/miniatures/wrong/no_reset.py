"""Leaves the transaction open when a mail is refused."""

from __future__ import annotations

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def _abandon_transaction(self, error: BaseException) -> None:
        self._forget_transaction()


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
