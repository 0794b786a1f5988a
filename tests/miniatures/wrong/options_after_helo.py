"""Sends its options after HELO as well."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "hello/helo-ends-esmtp",
    "low_level/options-after-helo",
    "options/none-after-helo",
]


class SMTP(reference.SMTP):
    def _only_offered(self, options: Iterable[str]) -> list[str]:
        return super()._only_offered(options) if self.does_esmtp else list(options)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
