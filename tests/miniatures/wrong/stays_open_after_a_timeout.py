"""After a timeout the connection stays open, and the late reply answers the next command."""

from reference_client import *
from reference_client import __all__, _connection

_getreply = _connection.Connection.getreply
_close = _connection.Connection.close


def getreply(self):
    self.close = lambda: None
    try:
        reply = _getreply(self)
    except TimeoutError:
        raise
    except BaseException:
        _close(self)
        raise
    finally:
        self.__dict__.pop("close", None)
    if reply[0] in (-1, 421):
        _close(self)
    return reply


_connection.Connection.getreply = getreply

FAILS = [
    "timeouts/closes-the-connection",
    "timeouts/late-reply",
]
