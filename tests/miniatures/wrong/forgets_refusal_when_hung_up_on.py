"""The loss of the connection behind a refusal of AUTH hides the refusal."""

import reference_client
from reference_client import *


class Bug:
    def _try_in_turn(self, mechanisms, *, initial_response_ok):
        try:
            return super()._try_in_turn(mechanisms, initial_response_ok=initial_response_ok)
        except SMTPAuthenticationError as refusal:
            if isinstance(refusal.__cause__, SMTPServerDisconnected):
                raise refusal.__cause__ from None
            raise


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["login/refusal-survives-hang-up"]
