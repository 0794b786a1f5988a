"""What EHLO offered in clear still counts behind STARTTLS, beside what is offered under TLS."""

import reference_client
from reference_client import *


class Bug:
    _offered_in_clear = {}

    def starttls(self, *args, **kwargs):
        self.ehlo_or_helo_if_needed()
        offered = dict(self.esmtp_features)
        reply = super().starttls(*args, **kwargs)
        self.esmtp_features = self._offered_in_clear = offered
        return reply

    def ehlo(self, name=""):
        reply = super().ehlo(name)
        self.esmtp_features = {**self._offered_in_clear, **self.esmtp_features}
        return reply


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = [
    "starttls/auth-offer-that-changes",
    "starttls/ehlo-again",
    "starttls/forgets-ehlo",
]
