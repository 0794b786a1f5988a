"""Only the first challenge is answered; the second counts as a refusal."""

import reference_client
from reference_client import *


class Bug:
    def _answer_challenges(self, code, text, authobject):
        if code != 334:
            return code, text
        response = self._response_to(text, authobject)
        if response is None:
            raise self._cancelled()
        return self._respond(response)


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["auth/challenge-after-initial-response", "auth/login-object", "auth/several-challenges", "login/login-waits"]
