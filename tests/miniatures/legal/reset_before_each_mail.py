"""Sends RSET before each MAIL, and none behind a refusal."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    def mail(self, sender: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        code, text = self.docmd("RSET")
        return super().mail(sender, options) if code == 250 else (code, text)

    def _abandon_transaction(self, error: BaseException) -> None:
        self._forget_transaction()


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
