"""A timeout within the TLS negotiation is an SSLError and no socket.timeout."""

from reference_client import *
from reference_client import __all__, _smtp_ssl, _starttls

FAILS = ["timeouts/negotiation-raises-socket-timeout", "timeouts/starttls-raises-socket-timeout"]

_wrap = _starttls.wrap


def wrap(sock, context, server_name):
    try:
        return _wrap(sock, context, server_name)
    except TimeoutError as error:
        import ssl  # noqa: PLC0415 - it must do without where a scenario lets it be absent

        raise ssl.SSLError("the handshake timed out") from error


_starttls.wrap = _smtp_ssl.wrap = wrap
