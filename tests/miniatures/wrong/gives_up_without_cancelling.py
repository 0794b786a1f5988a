"""An AUTH exchange that cannot go on is left as it is: the server waits for a response."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _cancelled(self):
        return SMTPAuthenticationError(501, b"cannot decode the challenge")


SMTP.__bases__ = (Bug,)

FAILS = [
    "auth/failing-authobject",
    "auth/gives-up-in-step",
    "auth/left-open-by-the-server",
    "auth/response-outside-ascii",
    "auth/undecodable-challenge",
    "login/undecodable-challenge",
]
