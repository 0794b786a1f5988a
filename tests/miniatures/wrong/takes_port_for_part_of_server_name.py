"""The server name of TLS has the port suffix of the host."""

import reference_client
from reference_client import *


class Bug:
    _host = property(lambda self: self._name, lambda self, host: None)

    def connect(self, host="localhost", port=0, source_address=None):
        self._name = host
        return super().connect(host, port, source_address)


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["starttls/server-name-without-port", "tls/server-name-without-port"]
