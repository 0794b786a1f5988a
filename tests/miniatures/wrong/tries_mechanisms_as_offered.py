"""Mechanisms are tried in the order of the offer."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _try_in_turn(self, mechanisms, *, initial_response_ok):
        offered = self.esmtp_features["auth"].upper().split()
        return super()._try_in_turn(sorted(mechanisms, key=offered.index), initial_response_ok=initial_response_ok)


SMTP.__bases__ = (Bug,)

FAILS = ["login/order-of-mechanisms"]
