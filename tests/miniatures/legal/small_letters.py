"""Commands go out in small letters."""

from reference_client import *
from reference_client import SMTP, __all__

VERBS = {
    "EHLO",
    "LHLO",
    "HELO",
    "MAIL",
    "RCPT",
    "DATA",
    "RSET",
    "NOOP",
    "HELP",
    "VRFY",
    "EXPN",
    "QUIT",
    "AUTH",
    "STARTTLS",
    "XPING",
}
_putcmd = SMTP.putcmd


def putcmd(self, cmd, args=""):
    verb, blank, rest = cmd.partition(" ")
    if verb.upper() in VERBS:
        cmd = verb.lower() + blank + rest
    for keyword in ("FROM:", "TO:"):
        if args.startswith(keyword):
            args = keyword.lower() + args[len(keyword) :]
    _putcmd(self, cmd, args)


SMTP.putcmd = putcmd
