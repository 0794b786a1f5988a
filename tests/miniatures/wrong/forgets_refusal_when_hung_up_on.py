"""The loss of the connection behind a refusal of AUTH hides the refusal."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    _lost = None

    def auth(self, mechanism, authobject, *, initial_response_ok=True):
        try:
            return super().auth(mechanism, authobject, initial_response_ok=initial_response_ok)
        except SMTPServerDisconnected as lost:
            self._lost = lost
            raise

    def _try_in_turn(self, mechanisms, *, initial_response_ok):
        try:
            return super()._try_in_turn(mechanisms, initial_response_ok=initial_response_ok)
        except SMTPAuthenticationError:
            if self._lost is not None:
                raise self._lost from None
            raise


SMTP.__bases__ = (Bug,)

FAILS = ["login/421-ends-it", "login/refusal-survives-hang-up"]
