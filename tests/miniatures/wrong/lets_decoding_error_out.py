"""A challenge that is not base64 comes out as a ValueError, behind the cancel response."""

import reference_client
from reference_client import *


class Bug:
    def _cancelled(self):
        self.docmd("*")
        return ValueError("not base64")


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["auth/endless-challenges", "auth/undecodable-challenge-raises", "login/undecodable-challenge"]
