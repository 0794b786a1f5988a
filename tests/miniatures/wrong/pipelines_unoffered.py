"""MAIL, RCPT and DATA go out in one write also where PIPELINING is not offered."""

from miniatures.legal import pipelines_where_offered as pipelining
from reference_client import *

pipelining.may_pipeline = lambda session: True

FAILS = []
