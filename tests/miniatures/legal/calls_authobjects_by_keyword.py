"""An authobject gets its challenge by the name that the norm gives the argument."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Freedom(MailSession):
    def auth(self, mechanism, authobject, *, initial_response_ok=True):
        by_name = lambda challenge=None: authobject(challenge=challenge)
        return super().auth(mechanism, by_name, initial_response_ok=initial_response_ok)


SMTP.__bases__ = (Freedom,)
