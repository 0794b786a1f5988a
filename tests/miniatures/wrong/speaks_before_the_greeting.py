"""The first line of a greeting counts as all of it: a NOOP goes out before the last line."""

import socket

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    _is_new = False

    def _get_socket(self, host, port, timeout):
        self._is_new = True
        return super()._get_socket(host, port, timeout)

    def getreply(self):
        is_new, self._is_new = self._is_new, False
        early = is_new and not hasattr(self.sock, "context") and self.sock.recv(4, socket.MSG_PEEK) == b"220-"
        if early:
            self.sock.sendall(b"NOOP\r\n")
        reply = super().getreply()
        if early:
            super().getreply()
        return reply


SMTP.__bases__ = (Bug,)

FAILS = [
    "greeting/accepted",
    "wire/nothing-before-greeting",
]
