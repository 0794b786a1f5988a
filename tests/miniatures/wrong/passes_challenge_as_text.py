"""The authobject gets the challenge as str."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _response_to(self, text, authobject):
        own = getattr(authobject, "__self__", None) is self
        as_text = lambda challenge: authobject(challenge.decode("latin-1"))
        return super()._response_to(text, authobject if own else as_text)


SMTP.__bases__ = (Bug,)

FAILS = ["auth/challenge-is-decoded", "auth/empty-challenge"]
