"""quit sends QUIT twice."""

from reference_client import *
from reference_client._session import Session


def _say_quit(self):
    self.send(b"QUIT\r\nQUIT\r\n")
    self._awaited += 2
    return self.getreply()


Session._say_quit = _say_quit

FAILS = ["wire/nothing-after-quit"]
