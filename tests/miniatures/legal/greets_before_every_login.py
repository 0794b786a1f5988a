"""login and starttls send one EHLO more than they need."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Freedom(MailSession):
    def login(self, user, password, *, initial_response_ok=True):
        self.ehlo_or_helo_if_needed()
        if self.does_esmtp:
            self.ehlo()
        return super().login(user, password, initial_response_ok=initial_response_ok)

    def starttls(self, keyfile=None, certfile=None, context=None):
        self.ehlo_or_helo_if_needed()
        if self.has_extn("starttls"):
            self.ehlo()
        return super().starttls(keyfile, certfile, context)


SMTP.__bases__ = (Freedom,)
