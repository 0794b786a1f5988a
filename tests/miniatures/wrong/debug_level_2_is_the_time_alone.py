"""At debug level 2 the time stands in place of the messages."""

from datetime import datetime

from reference_client import *
from reference_client import SMTP, __all__

_print_debug = SMTP._print_debug


def print_debug(self, *args):
    if self.debuglevel > 1:
        print(datetime.now().time())
    else:
        _print_debug(self, *args)


SMTP._print_debug = print_debug

FAILS = ["debugging/level-2-timestamps"]
