"""A with block that ended well raises if the server hangs up instead of a reply to its QUIT."""

from reference_client import *
from reference_client import __all__

FAILS = ["session/with-and-an-unnoticed-loss"]

_leave = SMTP.__exit__


def leave(self, kind, error, trace):
    if kind is not None or self.sock is None:
        _leave(self, kind, error, trace)
        return
    code, text = self.quit()
    if code >= 400:
        raise SMTPResponseException(code, text)


SMTP.__exit__ = leave
