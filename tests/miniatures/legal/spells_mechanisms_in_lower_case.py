"""AUTH, STARTTLS and the names of mechanisms go out in lower case."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Freedom(MailSession):
    def putcmd(self, cmd, args=""):
        if cmd in ("AUTH", "STARTTLS"):
            mechanism, blank, response = args.partition(" ")
            cmd, args = cmd.lower(), mechanism.lower() + blank + response
        return super().putcmd(cmd, args)


SMTP.__bases__ = (Freedom,)
