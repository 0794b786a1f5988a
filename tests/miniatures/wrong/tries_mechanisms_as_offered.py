"""Mechanisms are tried in the order of the offer."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession

_try_in_turn = AuthenticatedSession._try_in_turn


def _as_offered(self, mechanisms, *, initial_response_ok):
    offered = self.esmtp_features["auth"].upper().split()
    return _try_in_turn(self, sorted(mechanisms, key=offered.index), initial_response_ok=initial_response_ok)


AuthenticatedSession._try_in_turn = _as_offered

FAILS = []
