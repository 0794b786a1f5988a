"""A reply of a code alone is malformed."""

from reference_client import *
from reference_client import _reply


def _add(self, line, _add=_reply.ReplyReader._add):
    if not line[4:].strip() and len(line) >= 3:
        raise _reply.MalformedReplyError(-1, line)
    return _add(self, line)


_reply.ReplyReader._add = _add

FAILS = []
