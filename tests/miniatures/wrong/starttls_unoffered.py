"""STARTTLS is sent also where it is not offered."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def starttls(self, keyfile=None, certfile=None, context=None):
        self.ehlo_or_helo_if_needed()
        self.esmtp_features.setdefault("starttls", "")
        return super().starttls(keyfile, certfile, context)


SMTP.__bases__ = (Bug,)

FAILS = [
    "starttls/not-offered",
    "starttls/not-offered-after-helo",
]
