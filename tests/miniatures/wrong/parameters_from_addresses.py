"""Lets what stands behind the brackets of an address go out as parameters."""

from __future__ import annotations

import re
from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403

FAILS = [
]


class SMTP(reference.SMTP):
    _tail = ""

    def sendmail(self, from_addr: Any, *args: Any, **kwargs: Any) -> Any:
        closed = re.fullmatch("(<[^<>]*>)(.*)", from_addr)
        address, self._tail = closed.groups() if closed else (from_addr, "")
        return super().sendmail(address, *args, **kwargs)

    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        return super().docmd(cmd, args + self._tail if cmd == "MAIL" else args)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
