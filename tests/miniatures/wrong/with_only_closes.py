"""A with block closes the connection without QUIT."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

FAILS = [
    "session/with-left-by-an-exception",
    "session/with-says-quit",
    "tls/with-statement",
]


def leave(self, kind, error, trace):
    self.close()


SMTP.__exit__ = leave
