"""Whatever the context says, no certificate is verified."""

from reference_client import *
from reference_client import __all__, _smtp_ssl, _starttls, _tls


def wrap(sock, context, server_name):
    context.check_hostname, context.verify_mode = False, 0
    return _tls.wrap(sock, context, server_name)


_smtp_ssl.wrap = _starttls.wrap = wrap

FAILS = [
    "starttls/certificate-refused",
    "starttls/host-of-the-last-connect",
    "tls/certificate-refused",
]
