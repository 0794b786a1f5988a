"""A command without an argument goes out with a space behind it."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

FAILS = [
]

_putcmd = SMTP.putcmd


def putcmd(self, cmd, args=""):
    _putcmd(self, cmd if args else f"{cmd} ", args)


SMTP.putcmd = putcmd
