"""login sends initial responses also where initial_response_ok is false."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _try_in_turn(self, mechanisms, *, initial_response_ok):
        return super()._try_in_turn(mechanisms, initial_response_ok=True)


SMTP.__bases__ = (Bug,)

FAILS = ["login/login-behind-another-mechanism", "login/login-waits", "login/plain-waits"]
