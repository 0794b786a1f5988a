"""Writes commands one octet at a time."""

from reference_client import *
from reference_client import SMTP, __all__
from reference_client._stream import Stream

_LONGEST_COMMAND = 600  # mail data go out as they are: octet by octet they would take for ever


def write(self, data):
    if len(data) > _LONGEST_COMMAND:
        _write(self, data)
    else:
        for octet in data:
            _write(self, bytes([octet]))


_write, Stream.write = Stream.write, write
