"""A challenge that is not base64 raises, and the server is left waiting for a response."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession

AuthenticatedSession._cancelled = lambda self: SMTPAuthenticationError(501, b"cannot decode the challenge")

FAILS = ["auth/undecodable-challenge", "login/undecodable-challenge"]
