"""An empty response is taken for none, and the exchange is cancelled."""

import reference_client
from reference_client import *


class Bug:
    def _response_to(self, text, authobject):
        return super()._response_to(text, authobject) or None


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["auth/empty-response", "auth/error-report-as-challenge"]
