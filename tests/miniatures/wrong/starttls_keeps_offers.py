"""What EHLO offered in clear still counts behind STARTTLS, beside what is offered under TLS."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    _offered_in_clear = {}

    def starttls(self, keyfile=None, certfile=None, context=None):
        self.ehlo_or_helo_if_needed()
        offered = dict(self.esmtp_features)
        reply = super().starttls(keyfile, certfile, context)
        self.esmtp_features = self._offered_in_clear = offered
        return reply

    def ehlo(self, name=""):
        reply = super().ehlo(name)
        self.esmtp_features = {**self._offered_in_clear, **self.esmtp_features}
        return reply


SMTP.__bases__ = (Bug,)

FAILS = [
    "starttls/auth-offer-that-changes",
    "starttls/ehlo-again",
    "starttls/forgets-ehlo",
]
