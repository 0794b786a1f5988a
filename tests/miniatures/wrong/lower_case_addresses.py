"""Sends addresses in lower case."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["envelope/local-parts"]


class SMTP(reference.SMTP):
    def mail(self, sender: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        return super().mail(sender.lower(), options)

    def rcpt(self, recip: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        return super().rcpt(recip.lower(), options)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
