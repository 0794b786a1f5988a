"""The audit events have the names of the norm, and a Unix socket causes none."""

import sys
import types

from reference_client import *
from reference_client import SMTP, __all__, _connection

_audit = sys.audit


def audit(event, *args):
    if event == "smtplib.connect" and args[1].startswith("/"):
        return
    _audit({"smtplib.send": "smtplib.SMTP.send", "smtplib.connect": "smtplib.SMTP.connect"}.get(event, event), *args)


sys_of_ours = types.SimpleNamespace(audit=audit, stderr=None)
_connection.sys = sys_of_ours
