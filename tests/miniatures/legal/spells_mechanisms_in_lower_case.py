"""AUTH, STARTTLS and the names of mechanisms go out in lower case."""

import reference_client
from reference_client import *


class Freedom:
    def putcmd(self, cmd, args=""):
        if cmd in ("AUTH", "STARTTLS"):
            mechanism, blank, response = args.partition(" ")
            cmd, args = cmd.lower(), mechanism.lower() + blank + response
        return super().putcmd(cmd, args)


class SMTP(Freedom, reference_client.SMTP): ...


class SMTP_SSL(Freedom, reference_client.SMTP_SSL): ...


class LMTP(Freedom, reference_client.LMTP): ...
