"""Passes the length of the text as its size, before its line ends are converted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    _length = 0

    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, *args: Any, **kwargs: Any) -> Any:
        self._length = len(msg)
        return super().sendmail(from_addr, to_addrs, msg, *args, **kwargs)

    def mail(self, sender: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        sized = [f"SIZE={self._length}" if option.startswith("SIZE=") else option for option in options]
        return super().mail(sender, sized)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
