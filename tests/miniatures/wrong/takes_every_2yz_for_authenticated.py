"""Any positive completion to AUTH counts as success."""

from reference_client import *
from reference_client._authentication import AuthenticatedSession

_answer_challenges = AuthenticatedSession._answer_challenges


def _generous(self, code, text, authobject):
    code, text = _answer_challenges(self, code, text, authobject)
    return (235, text) if 200 <= code < 300 else (code, text)


AuthenticatedSession._answer_challenges = _generous

FAILS = ["auth/only-235-is-success"]
