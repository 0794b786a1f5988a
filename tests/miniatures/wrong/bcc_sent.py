"""Transmits the Bcc field where both addresses are given."""

from __future__ import annotations

from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    def send_message(self, msg: Any, from_addr: Any = None, to_addrs: Any = None, *args: Any, **kwargs: Any) -> Any:
        if from_addr is None or to_addrs is None:
            return super().send_message(msg, from_addr, to_addrs, *args, **kwargs)
        return self.sendmail(from_addr, to_addrs, msg.as_bytes(), *args, **kwargs)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
