"""A timeout is a socket.timeout and no SMTPServerDisconnected."""

from reference_client import *
from reference_client import __all__, _stream


def _lost(error, doing, _lost=_stream._lost):
    lost = _lost(error, doing)
    return error if isinstance(error, TimeoutError) else lost


_stream._lost = _lost

FAILS = ["timeouts/is-server-disconnected"]
