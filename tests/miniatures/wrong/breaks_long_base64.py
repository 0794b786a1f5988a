"""A response has a line break after every 76 characters, as base64 has in mail."""

import textwrap

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _respond(self, encoded):
        self.send("\r\n".join(textwrap.wrap(encoded, 76) or [""]) + "\r\n")
        self._awaited += 1
        return self.getreply()


SMTP.__bases__ = (Bug,)

FAILS = [
    "auth/challenge-behind-a-long-initial-response",
    "auth/initial-response-beyond-the-limit",
    "auth/long-response",
]
