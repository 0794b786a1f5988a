"""A with block closes the connection without QUIT."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

FAILS = [
]


def leave(self, kind, error, trace):
    self.close()


SMTP.__exit__ = leave
