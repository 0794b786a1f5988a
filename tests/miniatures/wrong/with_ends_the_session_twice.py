"""A with block says QUIT also where there is no connection any more, and lets the exception out."""

from reference_client import *
from reference_client import __all__

FAILS = [
    "session/with-after-the-end",
    "session/with-and-a-lost-connection",
    "session/with-nested",
    "session/with-never-connected",
]

_leave = SMTP.__exit__


def leave(self, kind, error, trace):
    if kind is None and self.sock is None:
        self.quit()
    return _leave(self, kind, error, trace)


SMTP.__exit__ = leave
