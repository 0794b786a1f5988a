"""login sends initial responses also where initial_response_ok is false."""

import reference_client
from reference_client import *


class Bug:
    def _try_in_turn(self, mechanisms, *, initial_response_ok):
        return super()._try_in_turn(mechanisms, initial_response_ok=True)


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["login/login-waits", "login/plain-waits"]
