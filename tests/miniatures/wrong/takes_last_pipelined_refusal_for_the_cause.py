"""Of pipelined commands that are refused, the reply to the last one is reported: 503 to DATA, not 550 to MAIL."""

from miniatures.legal import pipelines_where_offered as pipelining
from reference_client import *

_cause = pipelining.cause
pipelining.cause = lambda sender, recipients, replies: (
    SMTPDataError(*replies[-1]) if _cause(sender, recipients, replies) else None
)

FAILS = []
