"""Adds SMTPUTF8 and BODY=8BITMIME to options that have them."""

from reference_client import *
from reference_client import SMTP, __all__, _extensions

FAILS = ["send_message/given-options-go-once"]

_send_message = SMTP.send_message


def send_message(self, *args, **kwargs):
    includes, _extensions.includes = _extensions.includes, lambda _options, _keyword: False
    try:
        return _send_message(self, *args, **kwargs)
    finally:
        _extensions.includes = includes


SMTP.send_message = send_message
