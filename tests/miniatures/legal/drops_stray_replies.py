"""What came unasked is dropped, unless it is a 421 or there is much of it, and the session goes on."""

from reference_client import *
from reference_client import __all__, _connection


def _is_answered_already(self):
    for _ in range(10):
        reply = self._unasked_reply()
        if reply is None:
            return False
        if reply.code == 421:
            self._stream().put_back(reply)
            return True
    self.close()
    raise SMTPServerDisconnected("the server talks without being asked")


_connection.Connection._is_answered_already = _is_answered_already
