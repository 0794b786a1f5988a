"""The loss of the connection behind a refusal of AUTH hides the refusal."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _try_in_turn(self, mechanisms, *, initial_response_ok):
        try:
            return super()._try_in_turn(mechanisms, initial_response_ok=initial_response_ok)
        except SMTPAuthenticationError as refusal:
            if isinstance(refusal.__cause__, SMTPServerDisconnected):
                raise refusal.__cause__ from None
            raise


SMTP.__bases__ = (Bug,)

FAILS = ["login/refusal-survives-hang-up"]
