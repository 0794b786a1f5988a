"""An empty response is taken for none, and the exchange is cancelled."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _response_to(self, text, authobject):
        return super()._response_to(text, authobject) or None


SMTP.__bases__ = (Bug,)

FAILS = ["auth/empty-response", "auth/error-report-as-challenge"]
