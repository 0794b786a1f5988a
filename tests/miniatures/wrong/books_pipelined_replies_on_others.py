"""Replies to pipelined RCPT commands are booked on the recipients from the last to the first."""

from miniatures.legal import pipelines_where_offered as pipelining
from reference_client import *


class Bug:
    def _read_in_order(self, count):
        first, *recipients, last = super()._read_in_order(count)
        return [first, *reversed(recipients), last]


class SMTP(Bug, pipelining.SMTP): ...


class SMTP_SSL(Bug, pipelining.SMTP_SSL): ...


class LMTP(Bug, pipelining.LMTP): ...


FAILS = ["pipelining/all-recipients-refused", "pipelining/replies-in-order"]
