"""A server that challenges again and again is answered for ever."""

from reference_client import *
from reference_client import __all__, _sasl

_sasl.MAX_CHALLENGES = 1_000_000_000

FAILS = [
    "auth/endless-challenges",
    "auth/gives-up-in-step",
]
