"""Lets what stands behind the brackets of an address go out as parameters."""

from __future__ import annotations

from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    _tail = ""

    def _split(self, address: str) -> str:
        path, bracket, self._tail = address.partition(">")
        return path + bracket

    def sendmail(self, from_addr: Any, to_addrs: Any, *args: Any, **kwargs: Any) -> Any:
        return super().sendmail(self._split(from_addr), to_addrs, *args, **kwargs)

    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        return super().docmd(cmd, args + self._tail if cmd == "MAIL" else args)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
