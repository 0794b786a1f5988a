"""Nothing but CRLF ends a reply line: for a line that ends otherwise it waits in vain, or finds it malformed."""

from reference_client import *
from reference_client import __all__
from reference_client._reply import MAX_LINE, OversizeReplyError, ReplyReader


def next_line(self):
    end = self._received.find(b"\r\n")
    if (len(self._received) if end < 0 else end) >= MAX_LINE:
        raise OversizeReplyError("a reply line is too long")
    if end < 0:
        return None
    line = bytes(self._received[:end])
    del self._received[: end + 2]
    return line


ReplyReader._next_line = next_line
