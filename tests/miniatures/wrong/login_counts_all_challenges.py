"""LOGIN without initial response goes on counting where the exchange before it stopped, whatever mechanism that was."""

from reference_client import *
from reference_client import SMTP, __all__

_docmd = SMTP.docmd


def docmd(self, cmd, args=""):
    reply = _docmd(self, cmd, args)
    turns = 1 if cmd == "AUTH" and " " in args else self.__dict__.get("_turns", 0)
    self._turns = turns + (reply[0] == 334)
    return reply


def auth_login(self, challenge=None):
    return self.user if challenge is None or self._turns < 2 else self.password


SMTP.docmd, SMTP.auth_login = docmd, auth_login

FAILS = ["login/login-again", "login/login-behind-another-mechanism"]
