"""connect() tries only the first address of a host."""

import socket

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "connect/second-address",
]


def get_socket(self, host, port, timeout):
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    sock = socket.socket(family, kind, protocol)
    if timeout is not socket._GLOBAL_DEFAULT_TIMEOUT:
        sock.settimeout(timeout)
    if self.source_address:
        sock.bind(self.source_address)
    sock.connect(address)
    return sock


SMTP._get_socket = get_socket
