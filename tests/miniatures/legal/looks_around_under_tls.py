"""A NOOP and a RSET are sent behind every STARTTLS, and a NOOP behind every login."""

import reference_client
from reference_client import *


class Freedom:
    def login(self, *args, **kwargs):
        reply = super().login(*args, **kwargs)
        self.noop()
        return reply

    def starttls(self, *args, **kwargs):
        reply = super().starttls(*args, **kwargs)
        self.noop()
        self.rset()
        return reply


class SMTP(Freedom, reference_client.SMTP): ...


class SMTP_SSL(Freedom, reference_client.SMTP_SSL): ...


class LMTP(Freedom, reference_client.LMTP): ...
