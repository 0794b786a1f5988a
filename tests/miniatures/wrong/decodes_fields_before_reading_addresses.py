"""Decodes encoded words first and looks for addresses then, so that a comma within a name parts it."""

from email.header import decode_header, make_header

import reference_client._message
from reference_client import *
from reference_client import __all__

FAILS = ["send_message/recipients"]

_addresses = reference_client._message._addresses


def addresses(message, name):
    fields = [_written(field, value, message) for field, value in message.raw_items() if field.lower() == name.lower()]
    if not any("=?" in field for field in fields):
        return _addresses(message, name)
    decoded = [str(make_header(decode_header(field))) for field in fields]
    return [part.split("<")[-1].strip(" >") for field in decoded for part in field.split(",")]


def _written(field, value, message):
    return "".join(message.policy.fold(field, value).partition(":")[2].splitlines())


reference_client._message._addresses = addresses
