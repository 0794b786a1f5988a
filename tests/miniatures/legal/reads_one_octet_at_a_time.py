"""Reads from the socket one octet at a time."""

from reference_client import *
from reference_client import __all__
from reference_client import _stream

_stream._RECEIVE = 1
