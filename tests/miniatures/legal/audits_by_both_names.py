"""Raises audit events under the norm's names as well as under those of later editions of the same documentation."""

import sys

import reference_client._connection as connection
from reference_client import *
from reference_client import __all__


class _Sys:
    def __getattr__(self, name):
        return getattr(sys, name)

    def audit(self, event, *args):
        sys.audit(event.replace("smtplib.", "smtplib.SMTP."), *args)
        sys.audit(event, *args)


connection.sys = _Sys()
