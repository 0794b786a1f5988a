"""Leaves body lines that begin with "From " out of the message."""

import reference_client._message
from reference_client import *
from reference_client import __all__

FAILS = ["send_message/from-line-in-body"]

_serialise = reference_client._message.serialise


def serialise(message, *, international):
    lines = _serialise(message, international=international).split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.startswith((b"From ", b">From ")))


reference_client._message.serialise = serialise
