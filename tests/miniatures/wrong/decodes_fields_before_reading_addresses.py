"""Decodes encoded words first and looks for addresses then, so that a comma within a name parts it."""

from email.header import decode_header, make_header
from email.utils import getaddresses

import reference_client._message
from reference_client import *
from reference_client import __all__

FAILS = ["send_message/recipients"]


def addresses(message, name):
    fields = [str(value) for field, value in message.items() if field.lower() == name.lower()]
    sources = [_source(message, name, number) for number in range(len(fields))]
    decoded = [str(make_header(decode_header(source))) for source in sources]
    plain = [address for _, address in getaddresses(sources) if address]
    return plain if decoded == sources else [part.split("<")[-1].strip(" >") for part in decoded[0].split(",")]


def _source(message, name, number):
    values = [str(message.policy.fold(field, value)) for field, value in message.raw_items() if field.lower() == name.lower()]
    return values[number].partition(":")[2].replace("\n", "").replace("\r", "").strip()


reference_client._message._addresses = addresses
