"""login raises the first refusal and tries no other mechanism."""

import reference_client
from reference_client import *


class Bug:
    def _try_in_turn(self, mechanisms, *, initial_response_ok):
        return super()._try_in_turn(mechanisms[:1], initial_response_ok=initial_response_ok)


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = [
    "login/last-refusal-raised",
    "login/order-of-mechanisms",
    "login/tries-the-next-mechanism",
    "login/undecodable-challenge",
]
