"""Mechanisms are tried in the order of the offer."""

import reference_client
from reference_client import *


class Bug:
    def _try_in_turn(self, mechanisms, *, initial_response_ok):
        offered = self.esmtp_features["auth"].upper().split()
        return super()._try_in_turn(sorted(mechanisms, key=offered.index), initial_response_ok=initial_response_ok)


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["login/order-of-mechanisms"]
