"""A constructor with a port and without a host dials the local host."""

import functools

from reference_client import *
from reference_client import __all__

FAILS = ["session/without-host-nothing-is-dialled"]

_init = SMTP.__init__


@functools.wraps(_init)
def init(self, host="", port=0, *args, **kwargs):
    _init(self, host or ("localhost" if port and type(self) is SMTP else ""), port, *args, **kwargs)


SMTP.__init__ = init
