"""connect() uses the number behind the host, but leaves it on the host as well."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

FAILS = [
]

_endpoint = SMTP._endpoint


def endpoint(self, host, port):
    found, number = _endpoint(self, host, port)
    return (host if host.startswith(found + ":") else found), number


SMTP._endpoint = endpoint
