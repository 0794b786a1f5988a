"""connect() uses the number behind the host, but leaves it on the host as well."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "connect/port-behind-the-host",
    "connect/port-behind-the-host-in-the-constructor",
    "lmtp/suffix-in-connect",
    "lmtp/suffix-in-constructor",
    "starttls/server-name-without-port",
    "tls/server-name-without-port",
]

_endpoint = SMTP._endpoint


def endpoint(self, host, port):
    found, number = _endpoint(self, host, port)
    return (host if host.startswith(found + ":") else found), number


SMTP._endpoint = endpoint
