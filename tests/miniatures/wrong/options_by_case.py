"""Takes an option for unknown unless its name is written in capitals."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "options/mail-options",
    "options/smtputf8",
    "options/word-8bitmime",
    "send_message/given-options-go-once",
]


class SMTP(reference.SMTP):
    def _only_offered(self, options: Iterable[str]) -> list[str]:
        return [option for option in super()._only_offered(options) if option.partition("=")[0].isupper()]


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
