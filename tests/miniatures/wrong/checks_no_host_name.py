"""The certificate is verified, but not whether it is one of the host."""

from reference_client import *
from reference_client import __all__, _smtp_ssl, _starttls, _tls


def wrap(sock, context, server_name):
    context.check_hostname = False
    return _tls.wrap(sock, context, server_name)


_smtp_ssl.wrap = _starttls.wrap = wrap

FAILS = [
    "starttls/certificate-refused",
    "starttls/host-of-the-last-connect",
    "tls/certificate-refused",
]
