"""The audit event of sending has the mail data as text, and as the caller wrote them."""

import sys

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "audit/send-mail-data",
]


class _Audit:
    """Stands in for the module ``sys`` where the client writes."""

    def __getattr__(self, name):
        return getattr(sys, name)

    def audit(self, event, client, data, *more):
        in_data = event == "smtplib.send" and getattr(client, "_in_data", False)
        sys.audit(event, client, data.decode("latin-1") if in_data else data, *more)
