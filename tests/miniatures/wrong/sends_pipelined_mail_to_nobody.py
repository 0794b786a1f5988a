"""A 354 to a pipelined DATA after all recipients were refused is answered by a whole message."""

from miniatures.legal import pipelines_where_offered as pipelining

from reference_client import *
from reference_client import __all__


class Bug(pipelining.Pipelining):
    def _send_to_nobody(self, text=b""):
        super()._send_to_nobody(b"Subject: to nobody\r\n\r\n")


SMTP.__bases__ = (Bug,)

FAILS = ["pipelining/354-without-recipients"]
