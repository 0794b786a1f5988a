"""The loss of the connection behind a refusal of AUTH hides the refusal."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession

_try_in_turn = AuthenticatedSession._try_in_turn


def _forgetful(self, mechanisms, *, initial_response_ok):
    try:
        return _try_in_turn(self, mechanisms, initial_response_ok=initial_response_ok)
    except SMTPAuthenticationError as refusal:
        if isinstance(refusal.__cause__, SMTPServerDisconnected):
            raise refusal.__cause__ from None
        raise


AuthenticatedSession._try_in_turn = _forgetful

FAILS = ["login/refusal-survives-hang-up"]
