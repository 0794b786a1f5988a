"""Returns the text of a refusal as str."""

from __future__ import annotations

from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def sendmail(self, *args: Any, **kwargs: Any) -> Any:
        refused = super().sendmail(*args, **kwargs)
        return {recipient: (code, text.decode()) for recipient, (code, text) in refused.items()}


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
