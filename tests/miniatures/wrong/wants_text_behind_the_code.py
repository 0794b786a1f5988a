"""A positive completion of a code alone is malformed."""

from reference_client import *
from reference_client import __all__, _reply, _stream

_add = _reply.ReplyReader._add


def _wanting(self, line):
    if line.startswith(b"2") and len(line) >= 3 and not line[4:].strip():
        raise _reply.MalformedReplyError(-1, line)
    return _add(self, line)


_reply.ReplyReader._add = _wanting
_stream.usual_replies = lambda received: ()  # all replies go that way

FAILS = [
    "greeting/accepted",
    "low_level/docmd-joins-lines",
    "low_level/putcmd-twice-before-getreply",
    "replies/code-alone",
    "replies/stray-reply-within-a-transaction",
]
