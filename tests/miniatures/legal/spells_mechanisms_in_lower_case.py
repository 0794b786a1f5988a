"""The verb AUTH and STARTTLS, and the names of mechanisms, go out in lower case."""

from reference_client import *
from reference_client._connection import Connection

_putcmd = Connection.putcmd


def putcmd(self, cmd, args=""):
    if cmd in ("AUTH", "STARTTLS"):
        mechanism, blank, response = args.partition(" ")
        cmd, args = cmd.lower(), mechanism.lower() + blank + response
    return _putcmd(self, cmd, args)


Connection.putcmd = putcmd
