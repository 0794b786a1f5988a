"""Only the first challenge is answered; the second counts as a refusal."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _answer_challenges(self, code, text, authobject):
        if code != 334:
            return code, text
        response = self._response_to(text, authobject)
        if response is None:
            raise self._cancelled()
        return self._respond(response)


SMTP.__bases__ = (Bug,)

FAILS = [
    "auth/challenge-after-initial-response",
    "auth/challenge-behind-a-long-initial-response",
    "auth/failing-authobject",
    "auth/login-object",
    "auth/response-outside-ascii",
    "auth/several-challenges",
    "login/login-again",
    "login/login-behind-another-mechanism",
    "login/login-waits",
]
