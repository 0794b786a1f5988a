"""LMTP greets with EHLO."""

from reference_client import *
from reference_client import LMTP as _LMTP


class LMTP(_LMTP):
    ehlo_msg = "EHLO"

FAILS = []
