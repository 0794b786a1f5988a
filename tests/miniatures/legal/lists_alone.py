"""Takes nothing but a list or a string for recipients."""

from __future__ import annotations

from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403


class SMTP(reference.SMTP):
    def sendmail(self, from_addr: Any, to_addrs: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(to_addrs, list | str):
            raise TypeError("to_addrs is a list of addresses")
        return super().sendmail(from_addr, to_addrs, *args, **kwargs)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
