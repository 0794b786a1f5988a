"""Only the first challenge is answered; the second counts as a refusal."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession


def _answer_challenges(self, code, text, authobject):
    return self._respond(self._response_to(text, authobject)) if code == 334 else (code, text)


AuthenticatedSession._answer_challenges = _answer_challenges

FAILS = []
