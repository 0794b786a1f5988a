"""Sends its options after HELO as well."""

from __future__ import annotations

from collections.abc import Iterable

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def _only_offered(self, options: Iterable[str]) -> list[str]:
        return super()._only_offered(options) if self.does_esmtp else list(options)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
