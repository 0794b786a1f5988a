"""A blank line answers a command, with code -1, and the session goes on."""

from reference_client import *
from reference_client import __all__, _connection, _reply, _stream

_add = _reply.ReplyReader._add
_unasked_reply = _connection.Connection._unasked_reply


def _adding(self, line):
    return _reply.Reply(-1, b"") if not line and not self._texts else _add(self, line)


def _unasked(self):
    return None if self._stream()._reader._received.startswith(b"\r\n") else _unasked_reply(self)


_reply.ReplyReader._add = _adding
_stream.usual_replies = lambda received: ()  # all replies go that way
_connection.Connection._unasked_reply = _unasked

FAILS = ["replies/blank-line-while-idle"]

# Where the blank line comes behind a reply, it depends on the segments whether this client meets it.
MAY_FAIL = ["replies/blank-line"]
