"""A 354 to a pipelined DATA after all recipients were refused is answered by a whole message."""

from miniatures.legal import pipelines_where_offered as pipelining
from reference_client import *


def _send_something(session):
    session.send(b"Subject: to nobody\r\n\r\n.\r\n")
    session._awaited += 1
    session.getreply()


pipelining.end_without_recipients = _send_something

FAILS = ["pipelining/354-without-recipients"]
