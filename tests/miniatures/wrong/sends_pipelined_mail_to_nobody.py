"""A 354 to a pipelined DATA after all recipients were refused is answered by a whole message."""

from miniatures.legal import pipelines_where_offered as pipelining
from reference_client import *


class Bug:
    def _send_to_nobody(self, text=b""):
        super()._send_to_nobody(b"Subject: to nobody\r\n\r\n")


class SMTP(Bug, pipelining.SMTP): ...


class SMTP_SSL(Bug, pipelining.SMTP_SSL): ...


class LMTP(Bug, pipelining.LMTP): ...


FAILS = ["pipelining/354-without-recipients"]
