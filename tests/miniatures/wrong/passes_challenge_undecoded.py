"""The authobject gets the challenge as it came, in base64."""

import reference_client
from reference_client import *


class Bug:
    def _response_to(self, text, authobject):
        own = getattr(authobject, "__self__", None) is self
        return super()._response_to(text, authobject if own else lambda challenge: authobject(text))


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["auth/challenge-is-decoded"]
