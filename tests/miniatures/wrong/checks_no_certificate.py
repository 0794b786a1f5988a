"""Whatever the context says, no certificate is verified."""

import ssl

from reference_client import *
from reference_client import _smtp_ssl, _starttls

_wrap = _starttls.wrap


def wrap(sock, context, server_name):
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return _wrap(sock, context, server_name)


_smtp_ssl.wrap = _starttls.wrap = wrap

FAILS = []
