"""Sends the argument of a command up to its line break and drops the rest in silence."""

from reference_client import *
from reference_client import __all__, _connection

FAILS = ["auth/mechanism-with-line-end", "wire/line-break-in-an-argument"]

_putcmd = _connection.Connection.putcmd


def putcmd(self, cmd, args=""):
    _putcmd(self, *(text.partition("\r")[0].partition("\n")[0] for text in (cmd, args)))


_connection.Connection.putcmd = putcmd
