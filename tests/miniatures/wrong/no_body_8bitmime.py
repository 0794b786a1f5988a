"""Adds SMTPUTF8 but not BODY=8BITMIME for an address outside ASCII."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["send_message/address-outside-ascii", "send_message/given-options-go-once"]


class SMTP(reference.SMTP):
    def mail(self, sender: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        chosen = list(options)
        if "SMTPUTF8" in chosen:
            chosen = [option for option in chosen if not option.startswith("BODY=")]
        return super().mail(sender, chosen)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
