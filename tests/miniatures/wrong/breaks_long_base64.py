"""A response has a line break after every 76 characters, as base64 has in mail."""

import textwrap

import reference_client
from reference_client import *


class Bug:
    def _respond(self, encoded):
        self.send("\r\n".join(textwrap.wrap(encoded, 76) or [""]) + "\r\n")
        self._awaited += 1
        return self.getreply()


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = [
    "auth/initial-response-beyond-the-limit",
    "auth/long-response",
]
