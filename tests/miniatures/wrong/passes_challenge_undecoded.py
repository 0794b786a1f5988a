"""The authobject gets the challenge as it came, in base64."""

from reference_client import *
from reference_client import _sasl

_sasl.decode = bytes

FAILS = []
