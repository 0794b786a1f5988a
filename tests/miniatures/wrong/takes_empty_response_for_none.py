"""An empty response is taken for none, and the exchange is cancelled."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession

_response_to = AuthenticatedSession._response_to
AuthenticatedSession._response_to = lambda self, text, authobject: _response_to(self, text, authobject) or None

FAILS = ["auth/challenge-after-initial-response", "auth/empty-response", "auth/error-report-as-challenge"]
