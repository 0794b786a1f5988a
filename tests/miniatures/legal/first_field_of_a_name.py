"""Reads only the first field of each name."""

from email.message import Message

import reference_client._message
from reference_client import *
from reference_client import __all__


def addresses(message: Message, name: str) -> list[str]:
    fields = message.get_all(name, [])
    return reference_client._message._addresses_in(name, fields[0]) if fields else []


reference_client._message._addresses = addresses
