"""Replies to pipelined RCPT commands are booked on the recipients from the last to the first."""

from miniatures.legal import pipelines_where_offered as pipelining

from reference_client import *
from reference_client import __all__


class Bug(pipelining.Pipelining):
    def _read_in_order(self, count):
        first, *recipients, last = super()._read_in_order(count)
        return [first, *reversed(recipients), last]


SMTP.__bases__ = (Bug,)

FAILS = ["pipelining/all-recipients-refused", "pipelining/recipient-replies", "pipelining/replies-in-order"]
