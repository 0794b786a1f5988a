"""Takes a reply that came before the end of the mail data for the answer to them."""

from __future__ import annotations

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def _heed_early_reply(self) -> None:
        pass


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
