"""A reply line that the end of the connection cuts counts as if it were whole."""

from reference_client import *
from reference_client import _stream
from reference_client._reply import MalformedReplyError


def _accept(self, data):
    self._reader.receive_data(data or (b"" if self._reader.is_empty else b"\r\n"))
    if not data and self._reader.is_empty:
        raise SMTPServerDisconnected("the connection is lost")


_stream.Stream._accept = _accept

FAILS = []
