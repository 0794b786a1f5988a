"""Base64 has a line break after 76 characters, as in mail."""

import base64

from reference_client import *
from reference_client import _sasl
from reference_client._connection import Connection

_sasl.encode = lambda response: base64.encodebytes(response.encode("ascii")).decode("ascii").rstrip("\n")
_send = Connection.send


def putcmd(self, cmd, args=""):
    self.send(f"{cmd} {args}".rstrip(" ").replace("\n", "\r\n") + "\r\n")
    self._awaited += 1


Connection.putcmd = putcmd

FAILS = []
