"""Exceptions have a sentence as their only arg, and are made from keywords."""

import reference_client as reference
from reference_client import *
from reference_client import SMTPRecipientsRefused, SMTPResponseException, __all__

FAILS = [
    "exceptions/args",
]

_response, _recipients = SMTPResponseException.__init__, SMTPRecipientsRefused.__init__


def response(self, code, msg):
    _response(self, code, msg)
    self.args = (f"the server said {code}",)


def recipients(self, recipients):
    _recipients(self, recipients)
    self.args = ("all recipients were refused",)


SMTPResponseException.__init__ = response
SMTPRecipientsRefused.__init__ = recipients
