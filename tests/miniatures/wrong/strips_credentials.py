"""login takes blanks off both ends of user and password."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def login(self, user, password, *, initial_response_ok=True):
        return super().login(user.strip(), password.strip(), initial_response_ok=initial_response_ok)


SMTP.__bases__ = (Bug,)

FAILS = ["login/credentials-as-they-are"]
