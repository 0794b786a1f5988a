"""login tries the next mechanism when AUTH itself is refused, and none when a response is."""

from reference_client import *
from reference_client import SMTPAuthenticationError, __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def login(self, user, password, *, initial_response_ok=True):
        self._final = None
        return super().login(user, password, initial_response_ok=initial_response_ok)

    def auth(self, mechanism, authobject, *, initial_response_ok=True):
        if getattr(self, "_final", None) is not None:
            raise self._final
        self._responded = False
        try:
            return super().auth(mechanism, authobject, initial_response_ok=initial_response_ok)
        except SMTPAuthenticationError as error:
            self._final = error if self._responded else None
            raise

    def _answer_challenges(self, code, text, authobject):
        self._responded = code == 334
        return super()._answer_challenges(code, text, authobject)


SMTP.__bases__ = (Bug,)

FAILS = ["login/login-behind-another-mechanism", "login/refused-response", "login/undecodable-challenge"]
