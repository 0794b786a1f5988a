"""A timeout of 0 is taken for none."""

import functools

from reference_client import *
from reference_client import __all__

FAILS = ["timeouts/zero"]

_init = SMTP.__init__


@functools.wraps(_init)
def init(self, *args, **kwargs):
    if kwargs.get("timeout", 1) == 0:
        kwargs["timeout"] = None
    _init(self, *args, **kwargs)


SMTP.__init__ = init
