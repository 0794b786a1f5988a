"""login tries PLAIN where AUTH is not offered."""

import reference_client
from reference_client import *


class Bug:
    def login(self, user, password, *, initial_response_ok=True):
        self.ehlo_or_helo_if_needed()
        self.esmtp_features.setdefault("auth", "PLAIN")
        return super().login(user, password, initial_response_ok=initial_response_ok)


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["login/auth-not-offered", "login/auth-not-offered-after-helo", "starttls/auth-offer-that-changes", "starttls/only-helo-under-tls"]
