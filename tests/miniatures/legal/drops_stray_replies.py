"""What came unasked is dropped, unless it is a 421, and the session goes on."""

from reference_client import *
from reference_client import _connection


def _is_answered_already(self):
    reply = self._unasked_reply()
    while reply is not None:
        if reply.code == 421:
            self._stream().put_back(reply)
            return True
        reply = self._unasked_reply()
    return False


_connection.Connection._is_answered_already = _is_answered_already
