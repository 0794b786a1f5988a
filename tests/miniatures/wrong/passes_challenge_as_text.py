"""The authobject gets the challenge as str."""

import reference_client
from reference_client import *


class Bug:
    def _response_to(self, text, authobject):
        own = getattr(authobject, "__self__", None) is self
        as_text = lambda challenge: authobject(challenge.decode("latin-1"))
        return super()._response_to(text, authobject if own else as_text)


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["auth/challenge-is-decoded", "auth/empty-challenge"]
