"""A reply line that the end of the connection cuts counts as if it were whole."""

from reference_client import *
from reference_client import __all__, _stream

_receive = _stream.Stream._receive


def _completing(self):
    try:
        return _receive(self)
    except SMTPServerDisconnected as lost:
        if lost.__cause__ is not None or not self._reader._received:
            raise
        return b"\r\n"


_stream.Stream._receive = _completing

FAILS = [
    "replies/truncated-command-reply",
    "replies/truncated-greeting",
    "replies/truncated-line",
    "starttls/truncated-reply",
]
