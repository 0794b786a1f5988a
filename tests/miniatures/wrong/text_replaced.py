"""Sends a question mark for each character of a text that is not ASCII."""

from __future__ import annotations

from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(msg, str):
            msg = msg.encode("ascii", "replace").decode()
        return super().sendmail(from_addr, to_addrs, msg, *args, **kwargs)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
