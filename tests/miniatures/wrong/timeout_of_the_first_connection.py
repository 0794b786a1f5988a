"""The timeout of the constructor counts for its own connection and for no later one."""

from reference_client import *
from reference_client import __all__, _connection

FAILS = ["timeouts/next-connection"]

_get_socket = _connection.Connection._get_socket


def get_socket(self, host, port, timeout):
    first = not hasattr(self, "_dialled")
    self._dialled = True
    return _get_socket(self, host, port, timeout if first else None)


_connection.Connection._get_socket = get_socket
