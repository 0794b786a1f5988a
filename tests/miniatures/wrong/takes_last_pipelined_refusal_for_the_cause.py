"""Of pipelined commands that are refused, the reply to the last one is reported: 503 to DATA, not 550 to MAIL."""

from miniatures.legal import pipelines_where_offered as pipelining

from reference_client import *
from reference_client import __all__


class Bug(pipelining.Pipelining):
    def _cause(self, sender, recipients, replies):
        return super()._cause(sender, recipients, replies) and SMTPDataError(*replies[-1])


SMTP.__bases__ = (Bug,)

FAILS = [
    "pipelining/354-without-recipients",
    "pipelining/all-recipients-refused",
    "pipelining/refused-sender",
]
