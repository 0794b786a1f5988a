"""HELO is tried only where EHLO is refused by a permanent code."""

from reference_client import *
from reference_client import SMTP, SMTPHeloError, __all__

FAILS = [
    "hello/if-needed-helo-second",
]


def ehlo_or_helo_if_needed(self):
    if self._is_introduced:
        return
    reply = self.ehlo()
    if reply[0] >= 500:
        reply = self.helo()
    if not 200 <= reply[0] <= 299:
        raise SMTPHeloError(*reply)


SMTP.ehlo_or_helo_if_needed = ehlo_or_helo_if_needed
