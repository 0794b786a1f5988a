"""Every code below 400 after the mail data is success."""

from reference_client import *
from reference_client import __all__, _reply, _stream, _transaction


def _add(self, line, _add=_reply.ReplyReader._add):
    if line[:2] in (b"05", b"10", b"15"):
        line = b"250" + line[3:]
    return _add(self, line)


_reply.ReplyReader._add = _add
_stream.usual_replies = lambda received: ()  # all replies go that way

FAILS = ["replies/unknown-class"]
