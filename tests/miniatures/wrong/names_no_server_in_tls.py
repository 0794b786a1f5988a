"""TLS is negotiated without a server name where the context does not check it."""

from reference_client import *
from reference_client import _smtp_ssl, _starttls

_wrap = _starttls.wrap


def wrap(sock, context, server_name):
    checks, context.check_hostname = context.check_hostname, False
    wrapped = _wrap(sock, context, "")
    context.check_hostname = checks
    return wrapped


_smtp_ssl.wrap = _starttls.wrap = wrap

FAILS = []
