"""A command without an argument goes out with a space behind it."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = ["envelope/no-stray-spaces", "low_level/docmd-without-an-argument"]

VERBS = {"EHLO", "LHLO", "HELO", "DATA", "RSET", "NOOP", "HELP", "QUIT", "STARTTLS", "XPING", "XPONG"}
_putcmd = SMTP.putcmd


def putcmd(self, cmd, args=""):
    _putcmd(self, f"{cmd} " if cmd in VERBS and not args else cmd, args)


SMTP.putcmd = putcmd
