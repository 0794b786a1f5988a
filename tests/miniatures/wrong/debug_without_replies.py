"""Debug output has what is sent, but not the replies."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "debugging/received-replies",
    "debugging/whole-transaction",
]


def getreply(self):
    level, self.debuglevel = self.debuglevel, 0
    try:
        return _getreply(self)
    finally:
        self.debuglevel = level


_getreply, SMTP.getreply = SMTP.getreply, getreply
