"""A refused LHLO is followed by HELO."""

import reference_client
from reference_client import *


class LMTP(reference_client.LMTP):
    ehlo_or_helo_if_needed = reference_client.SMTP.ehlo_or_helo_if_needed


FAILS = ["wire/no-helo-over-lmtp"]
