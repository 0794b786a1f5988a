"""NOOP is sent before the greeting has come."""

import reference_client
from reference_client import *


class Bug:
    def _get_socket(self, host, port, timeout):
        sock = super()._get_socket(host, port, timeout)
        sock.sendall(b"NOOP\r\n")
        self._reads_noop = True
        return sock

    def getreply(self):
        reply = super().getreply()
        if self.__dict__.pop("_reads_noop", False):
            super().getreply()
        return reply


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["wire/nothing-before-greeting"]
