"""What is wrong with the arguments of starttls shows only after STARTTLS was sent."""

from reference_client import *
from reference_client import __all__
from reference_client._starttls import client_context
from reference_client._transaction import MailSession


class Bug(MailSession):
    def starttls(self, keyfile=None, certfile=None, context=None):
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls"):
            raise SMTPNotSupportedError("the server does not offer STARTTLS")
        code, text = self.docmd("STARTTLS")
        if code != 220:
            raise SMTPResponseException(code, text)
        self._negotiate(client_context(keyfile, certfile, context, stacklevel=2), self._server_name())
        return code, text


SMTP.__bases__ = (Bug,)

FAILS = ["starttls/arguments-checked-first", "starttls/no-ssl-module-sends-nothing"]
