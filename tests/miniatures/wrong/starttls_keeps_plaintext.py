"""Octets that came in clear behind the 220 to STARTTLS are read as the first replies under TLS."""

import reference_client
from reference_client import *
from reference_client._stream import Stream


class Bug:
    def _negotiate(self, context, server_name):
        old = self._stream()
        super()._negotiate(context, server_name)
        self.file = Stream(self.sock)
        self.file.__dict__.update({name: value for name, value in vars(old).items() if name != "sock"})


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["starttls/reply-injected-in-the-same-segment"]
