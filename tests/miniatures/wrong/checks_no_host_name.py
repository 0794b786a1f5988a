"""The certificate is verified, but not whether it is one of the host."""

from reference_client import *
from reference_client import _smtp_ssl, _starttls

_wrap = _starttls.wrap


def wrap(sock, context, server_name):
    context.check_hostname = False
    return _wrap(sock, context, server_name)


_smtp_ssl.wrap = _starttls.wrap = wrap

FAILS = []
