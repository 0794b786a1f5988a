"""A 421 is a refusal like any other: the connection stays open, and RSET follows."""

from reference_client import *
from reference_client import _connection, _lmtp

_connection.SERVICE_CLOSING = _lmtp.SERVICE_CLOSING = 0

FAILS = []
