"""login sends initial responses also where initial_response_ok is false."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession

_try_in_turn = AuthenticatedSession._try_in_turn
AuthenticatedSession._try_in_turn = lambda self, mechanisms, *, initial_response_ok: _try_in_turn(
    self, mechanisms, initial_response_ok=True
)

FAILS = ["login/login-waits", "login/plain-waits"]
