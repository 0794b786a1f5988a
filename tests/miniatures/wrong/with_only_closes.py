"""A with block closes the connection without QUIT."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "session/with-left-by-an-exception",
    "session/with-says-quit",
    "tls/with-statement",
]


def leave(self, kind, error, trace):
    self.close()


SMTP.__exit__ = leave
