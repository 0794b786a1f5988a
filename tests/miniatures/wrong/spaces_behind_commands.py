"""Ends MAIL and RCPT with a space."""

from reference_client import *
from reference_client import SMTP, __all__

_putcmd = SMTP.putcmd


def putcmd(self, cmd, args=""):
    _putcmd(self, cmd, args + " " if cmd in ("MAIL", "RCPT") else args)


SMTP.putcmd = putcmd

FAILS = ["envelope/malformed-address", "envelope/no-stray-spaces", "wire/long-address"]
