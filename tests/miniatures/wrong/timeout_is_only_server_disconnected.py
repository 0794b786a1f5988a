"""A timeout is an SMTPServerDisconnected and no socket.timeout, as in CPython."""

from reference_client import *
from reference_client import __all__, _stream


def _lost(error, doing):
    return SMTPServerDisconnected(f"connection lost {doing}: {error}")


_stream._lost = _lost

FAILS = [
    "timeouts/greeting-raises-socket-timeout",
    "timeouts/raises-socket-timeout",
    "timeouts/raises-socket-timeout-under-tls",
]
