"""A reply may have as many lines as memory lasts."""

from reference_client import *
from reference_client import __all__, _reply

_reply.MAX_REPLY = 1 << 60

FAILS = ["hostile/endless-ehlo-reply", "hostile/endless-greeting", "hostile/endless-reply"]
