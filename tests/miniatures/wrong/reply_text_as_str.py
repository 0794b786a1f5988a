"""Replies, and the exceptions that hold them, have their text as str."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

FAILS = [
]


def getreply(self):
    code, text = _getreply(self)
    return code, text.decode("latin-1")


_getreply, SMTP.getreply = SMTP.getreply, getreply
