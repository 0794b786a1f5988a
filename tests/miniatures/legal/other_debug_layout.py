"""Debug output goes to standard output, in another layout, and with seconds since the epoch."""

import time

from reference_client import *
from reference_client import SMTP, __all__


def print_debug(self, *args):
    stamp = f"[{time.time():.3f}] " if self.debuglevel > 1 else ""
    print(f"{stamp}SMTP {' '.join(map(str, args))}", flush=True)


SMTP._print_debug = print_debug
