"""Replies to pipelined RCPT commands are booked on the recipients from the last to the first."""

from miniatures.legal import pipelines_where_offered as pipelining
from reference_client import *

_in_order = pipelining.read_in_order


def _reversed(session, count):
    first, *recipients, last = _in_order(session, count)
    return [first, *reversed(recipients), last]


pipelining.read_in_order = _reversed

FAILS = ["pipelining/all-recipients-refused", "pipelining/replies-in-order"]
