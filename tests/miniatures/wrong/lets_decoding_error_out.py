"""A challenge that is not base64 comes out as a ValueError, behind the cancel response."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession


def _cancelled(self):
    self.docmd("*")
    return ValueError("not base64")


AuthenticatedSession._cancelled = _cancelled

FAILS = ["auth/endless-challenges", "auth/undecodable-challenge-raises", "login/undecodable-challenge"]
