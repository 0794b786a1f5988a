"""quit sends QUIT twice."""

import reference_client
from reference_client import *


class Bug:
    def _say_quit(self):
        self.send(b"QUIT\r\nQUIT\r\n")
        self._awaited += 2
        return self.getreply()


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["wire/nothing-after-quit"]
