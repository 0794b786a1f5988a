"""login tries PLAIN where AUTH is not offered."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def login(self, user, password, *, initial_response_ok=True):
        self.ehlo_or_helo_if_needed()
        self.esmtp_features.setdefault("auth", "PLAIN")
        return super().login(user, password, initial_response_ok=initial_response_ok)


SMTP.__bases__ = (Bug,)

FAILS = [
    "login/auth-not-offered",
    "login/auth-not-offered-after-helo",
    "starttls/auth-offer-that-changes",
    "starttls/only-helo-under-tls",
]
