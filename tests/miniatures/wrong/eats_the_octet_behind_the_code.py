"""Any octet between the code and the text is taken for a space."""

from reference_client import *
from reference_client import __all__, _reply, _stream


def _add(self, line, _add=_reply.ReplyReader._add):
    if line[:3].isdigit() and line[3:4] != b"-":
        line = line[:3] + b" " + line[4:]
    return _add(self, line)


_reply.ReplyReader._add = _add
_stream.usual_replies = lambda received: ()  # all replies go that way

FAILS = ["replies/separator-behind-code", "replies/three-digit-code"]
