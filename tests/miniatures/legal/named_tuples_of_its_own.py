"""Replies are named tuples of a class of this module's own."""

from collections import namedtuple

from reference_client import *
from reference_client import SMTP, __all__

Answer = namedtuple("Answer", ("code", "message"))


def getreply(self):
    return Answer(*_getreply(self))


_getreply, SMTP.getreply = SMTP.getreply, getreply
