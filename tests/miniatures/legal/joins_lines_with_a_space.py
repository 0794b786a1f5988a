"""The lines of a reply are joined by a space, but for those of EHLO."""

from reference_client import *
from reference_client import __all__, _connection

_getreply = _connection.Connection.getreply


def getreply(self):
    code, text = _getreply(self)
    return code, text.replace(b"\n", b" ")


def ehlo(self, name=""):
    _connection.Connection.getreply = _getreply
    try:
        return _ehlo(self, name)
    finally:
        _connection.Connection.getreply = getreply


_ehlo = SMTP.ehlo
_connection.Connection.getreply = getreply
SMTP.ehlo = ehlo
