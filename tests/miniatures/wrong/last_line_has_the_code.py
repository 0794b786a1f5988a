"""The last line of a reply decides on its code, whatever the lines before it say."""

import re

from reference_client import *
from reference_client import __all__, _reply, _stream


def _add(self, line, _add=_reply.ReplyReader._add):
    if re.match(rb"[2-5][0-9][0-9]", line):
        self._code = int(line[:3])
    return _add(self, line)


_reply.ReplyReader._add = _add
_stream.usual_replies = lambda received: ()  # all replies go that way

FAILS = ["replies/different-codes-in-one-reply"]
