"""login raises the first refusal and tries no other mechanism."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _try_in_turn(self, mechanisms, *, initial_response_ok):
        return super()._try_in_turn(mechanisms[:1], initial_response_ok=initial_response_ok)


SMTP.__bases__ = (Bug,)

FAILS = [
    "login/last-refusal-raised",
    "login/login-behind-another-mechanism",
    "login/order-of-mechanisms",
    "login/refused-response",
    "login/tries-the-next-mechanism",
    "login/undecodable-challenge",
    "timeouts/raises-socket-timeout",
]
