"""Refuses a message itself that is larger than the server's SIZE allows."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    def mail(self, sender: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        offered = self.esmtp_features.get("size", "")
        limit = int(offered) if offered.isdecimal() else 0
        sizes = [int(option[5:]) for option in options if option.startswith("SIZE=")]
        if limit and sizes and sizes[0] > limit:
            raise reference.SMTPSenderRefused(552, b"larger than the server allows", sender)
        return super().mail(sender, options)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
