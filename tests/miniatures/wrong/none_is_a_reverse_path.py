"""A message without a sender goes out with the text None as its reverse-path."""

import reference_client._message
from reference_client import *
from reference_client import __all__

FAILS = ["send_message/no-sender", "send_message/resent-without-sender"]

_sender = reference_client._message._sender


def sender(message, prefix):
    try:
        return _sender(message, prefix)
    except ValueError:
        return "None"


reference_client._message._sender = sender
