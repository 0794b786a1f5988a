"""A challenge that is not base64 comes out as a ValueError, behind the cancel response."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _cancelled(self):
        super()._cancelled()
        return ValueError("not base64")


SMTP.__bases__ = (Bug,)

FAILS = ["auth/endless-challenges", "auth/undecodable-challenge-raises", "login/undecodable-challenge"]
