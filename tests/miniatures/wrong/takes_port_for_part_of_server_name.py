"""The server name of TLS has the port suffix of the host."""

from reference_client import *
from reference_client._connection import Connection

_connect = Connection.connect


def connect(self, host="localhost", port=0, source_address=None):
    self._name = host
    return _connect(self, host, port, source_address)


Connection.connect = connect
Connection._host = property(lambda self: self._name, lambda self, host: None)

FAILS = ["starttls/server-name-without-port", "tls/server-name-without-port"]
