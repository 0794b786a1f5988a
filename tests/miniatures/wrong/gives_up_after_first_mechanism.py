"""login raises the first refusal and tries no other mechanism."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession

_try_in_turn = AuthenticatedSession._try_in_turn
AuthenticatedSession._try_in_turn = lambda self, mechanisms, *, initial_response_ok: _try_in_turn(
    self, mechanisms[:1], initial_response_ok=initial_response_ok
)

FAILS = []
