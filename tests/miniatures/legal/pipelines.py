"""The reference client with its own pipelining switched on."""

from reference_client import *
from reference_client import __all__

SMTP.pipelining = True
