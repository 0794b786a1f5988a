"""An AUTH exchange that cannot go on is left as it is: the server waits for a response."""

import reference_client
from reference_client import *


class Bug:
    def _cancelled(self):
        return SMTPAuthenticationError(501, b"cannot decode the challenge")


class SMTP(Bug, reference_client.SMTP): ...


class SMTP_SSL(Bug, reference_client.SMTP_SSL): ...


class LMTP(Bug, reference_client.LMTP): ...


FAILS = ["auth/failing-authobject", "auth/response-outside-ascii", "auth/undecodable-challenge", "login/undecodable-challenge"]
