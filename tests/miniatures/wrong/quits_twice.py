"""quit sends QUIT twice."""

import contextlib

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _say_quit(self):
        reply = super()._say_quit()
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.sendall(b"QUIT\r\n")
        return reply


SMTP.__bases__ = (Bug,)

FAILS = ["wire/nothing-after-quit"]
