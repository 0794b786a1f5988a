"""Replies are named tuples of a class of this module's own."""

from collections import namedtuple

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

Answer = namedtuple("Answer", ("code", "message"))


def getreply(self):
    return Answer(*_getreply(self))


_getreply, SMTP.getreply = SMTP.getreply, getreply
