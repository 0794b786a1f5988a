"""MAIL, RCPT and DATA go out in one write also where PIPELINING is not offered."""

from miniatures.legal import pipelines_where_offered as pipelining
from reference_client import *


class Bug:
    def _may_pipeline(self):
        return True


class SMTP(Bug, pipelining.SMTP): ...


class SMTP_SSL(Bug, pipelining.SMTP_SSL): ...


class LMTP(Bug, pipelining.LMTP): ...


FAILS = ["pipelining/not-offered-any-more", "wire/one-command-at-a-time"]
