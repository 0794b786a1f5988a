"""Sends its parameters in the opposite order, and their names in mixed case."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    def _only_offered(self, options: Iterable[str]) -> list[str]:
        chosen = reversed(super()._only_offered(options))
        return [name.capitalize() + equals + value for name, equals, value in (word.partition("=") for word in chosen)]


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
