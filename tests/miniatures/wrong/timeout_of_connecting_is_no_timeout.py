"""A timeout of the attempt to connect is a ConnectionError and no socket.timeout."""

from reference_client import *
from reference_client import __all__, _connection

FAILS = ["timeouts/connecting-raises-socket-timeout"]


class _Socket:
    def __getattr__(self, name):
        return getattr(_real, name)

    def create_connection(self, *args, **kwargs):
        try:
            return _real.create_connection(*args, **kwargs)
        except TimeoutError as error:
            raise ConnectionRefusedError("no answer") from error


_real, _connection.socket = _connection.socket, _Socket()
