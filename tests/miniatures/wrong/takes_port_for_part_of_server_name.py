"""The server name of TLS has the port suffix of the host."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    _name = ""
    _host = property(lambda self: self._name, lambda self, host: None)

    def connect(self, host="localhost", port=0, source_address=None):
        self._name = host
        return super().connect(host, port, source_address)


SMTP.__bases__ = (Bug,)

FAILS = ["starttls/server-name-without-port", "tls/server-name-without-port"]
