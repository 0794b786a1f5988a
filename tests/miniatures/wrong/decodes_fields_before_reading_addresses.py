"""Reads addresses out of fields that were decoded, quotation marks undone, so that a comma within a name parts it."""

import re

import reference_client._message
from reference_client import *
from reference_client import __all__

FAILS = ["send_message/composed-message", "send_message/recipients"]

_addresses = reference_client._message._addresses


def addresses(message, name):
    fields = [str(field) for field in message.get_all(name, [])]
    if not any(re.search('"[^"]*,[^"]*" <', field) for field in fields):
        return _addresses(message, name)
    parts = ",".join(fields).replace('"', "").split(",")
    return [part.split("<")[-1].strip(" >") for part in parts]


reference_client._message._addresses = addresses
