"""STARTTLS is sent also where it is not offered."""

import reference_client
from reference_client import *


class Bug:
    def starttls(self, *args, **kwargs):
        self.ehlo_or_helo_if_needed()
        self.esmtp_features.setdefault("starttls", "")
        return super().starttls(*args, **kwargs)


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = [
    "starttls/not-offered",
    "starttls/not-offered-after-helo",
]
