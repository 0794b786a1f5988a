"""Sends the word 8bitmime as BODY=8BITMIME."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    def mail(self, sender: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        listed = [options] if isinstance(options, str) else list(options)
        return super().mail(sender, ["BODY=8BITMIME" if word.lower() == "8bitmime" else word for word in listed])


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
