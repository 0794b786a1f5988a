"""Any positive completion to AUTH counts as success."""

import reference_client
from reference_client import *


class Bug:
    def _answer_challenges(self, code, text, authobject):
        code, text = super()._answer_challenges(code, text, authobject)
        return (235, text) if 200 <= code < 300 else (code, text)


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["auth/only-235-is-success"]
