"""A reply line may be as long as memory lasts."""

from reference_client import *
from reference_client import __all__, _reply

_reply.MAX_LINE = 1 << 60

FAILS = ["hostile/endless-line"]
