"""Where to connect to (norm: connect): host and port out of what a caller writes.

This module owns the syntax of ``host:port``; it does not know about names, addresses or sockets.
"""

from __future__ import annotations

import re

SMTP_PORT = 25  # RFC 5321 4.5.4.2
SMTP_SSL_PORT = 465  # RFC 8314 7.3
LMTP_PORT = 2003  # of the norm only: RFC 2033 5 forbids 25 and registers none

_NUMBER = re.compile(r"[0-9]+")
# More than one colon is an IPv6 address, unless brackets tell where it ends.
_WITH_SUFFIX = re.compile(r"(\[.*\]|[^:]*):([^:]*)")


def split_endpoint(host: str, port: int | str, default_port: int) -> tuple[str, int]:
    """Return host and port.

    A port behind the host, as in ``mail.example:587``, is stripped off and counts more than the argument. A
    bare IPv6 address is left whole; in brackets, as in ``[::1]:587``, it may have a port.

    Raises:
        OSError: The port is not a number that a port may have.
    """
    if match := _WITH_SUFFIX.fullmatch(host):
        host, port = match.groups()
    return host.removeprefix("[").removesuffix("]"), _port(port, default_port)


def _port(port: int | str, default_port: int) -> int:
    if isinstance(port, str):
        if _NUMBER.fullmatch(port) is None:
            raise OSError(f"nonnumeric port {port!r}")
        port = int(port)
    if not 0 <= port <= 65535:
        raise OSError(f"a port is a number from 0 to 65535, got {port}")
    return port or default_port
