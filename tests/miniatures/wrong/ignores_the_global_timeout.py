"""Where no timeout is given there is none, whatever the global default."""

from reference_client import *
from reference_client import __all__, _connection


def _forever(kind):
    get_socket = kind._get_socket

    def _get_socket(self, host, port, timeout):
        given = timeout is not _connection.GLOBAL_DEFAULT_TIMEOUT
        return get_socket(self, host, port, timeout if given else None)

    kind._get_socket = _get_socket


_forever(_connection.Connection)
_forever(LMTP)

FAILS = ["lmtp/global-timeout", "lmtp/missing-reply", "timeouts/global-default"]
