"""Debug level 1 prints the time as level 2 does."""

from reference_client import *
from reference_client import SMTP, __all__
from reference_client import _debug as debug

FAILS = [
    "debugging/level-1-without-time",
]


def print_debug(self, *args):
    debug.show(2, *args)


SMTP._print_debug = print_debug
