"""An empty initial response is sent as nothing at all, not as an equals sign."""

from reference_client import *
from reference_client import __all__, _sasl

_sasl.EMPTY_INITIAL_RESPONSE = ""

FAILS = ["auth/empty-initial-response"]
