"""Sends every option that it is given, whether or not its extension is offered."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "options/mail-option-not-offered",
    "options/rcpt-option-not-offered",
    "send_message/smtputf8-without-8bitmime",
]


class SMTP(reference.SMTP):
    def _only_offered(self, options: Iterable[str]) -> list[str]:
        return list(options) if self.does_esmtp else []


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
