"""A with block raises for a refused or unanswered QUIT also where it was left by an exception."""

from reference_client import *
from reference_client import SMTP, SMTPResponseException, __all__

FAILS = [
    "session/with-keeps-its-exception",
]


def leave(self, kind, error, trace):
    if self.sock is None:
        return
    try:
        code, text = self._say_quit()
    except SMTPServerDisconnected:
        if kind is not None:
            raise
        return
    finally:
        self.close()
    if code != 221:
        raise SMTPResponseException(code, text)


SMTP.__exit__ = leave
