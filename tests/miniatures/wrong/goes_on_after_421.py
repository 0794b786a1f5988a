"""A 421 is a refusal like any other: the connection stays open, and RSET follows."""

from reference_client import *
from reference_client import __all__, _connection, _lmtp

_connection.SERVICE_CLOSING = _lmtp.SERVICE_CLOSING = 0

FAILS = [
    "disconnects/421-after-accepted-recipient",
    "disconnects/421-ends-the-dialogue",
    "lmtp/421-for-all-recipients",
    "replies/421-ahead-of-the-command",
    "session/quit-behind-a-stray-reply",
]
