"""Commands go out in small letters."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

_putcmd = SMTP.putcmd


def putcmd(self, cmd, args=""):
    verb = cmd if cmd.upper().startswith("X") else cmd.lower()
    for keyword in ("FROM:", "TO:"):
        if args.startswith(keyword):
            args = keyword.lower() + args[len(keyword):]
    _putcmd(self, verb, args)


SMTP.putcmd = putcmd
