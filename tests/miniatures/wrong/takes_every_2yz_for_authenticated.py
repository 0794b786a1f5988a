"""Any positive completion to AUTH counts as success."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _answer_challenges(self, code, text, authobject):
        code, text = super()._answer_challenges(code, text, authobject)
        return (235, text) if 200 <= code < 300 else (code, text)


SMTP.__bases__ = (Bug,)

FAILS = ["auth/only-235-is-success"]
