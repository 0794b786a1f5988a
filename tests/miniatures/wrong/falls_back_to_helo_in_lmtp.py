"""LMTP tries HELO where LHLO is refused."""

from reference_client import *
from reference_client import LMTP as _LMTP
from reference_client import SMTP as _SMTP
from reference_client import __all__


class LMTP(_LMTP):
    ehlo_or_helo_if_needed = _SMTP.ehlo_or_helo_if_needed


FAILS = ["lmtp/no-helo-fallback", "wire/no-helo-over-lmtp"]
