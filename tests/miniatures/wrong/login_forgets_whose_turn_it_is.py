"""LOGIN remembers over the exchanges that it has sent the user, and begins a second one with the password."""

from reference_client import *
from reference_client import SMTP, __all__

_auth_login = SMTP.auth_login


def auth_login(self, challenge=None):
    if self.__dict__.get("_began"):
        return self.password
    self._began = True
    return _auth_login(self, challenge)


SMTP.auth_login = auth_login

FAILS = ["login/login-again"]
