"""Lets what stands behind the brackets of an address go out as parameters."""

import re
from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["envelope/parameter-in-address"]


class SMTP(reference.SMTP):
    _tail = ""

    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        closed = re.fullmatch("(<[^<>]*>)(.*)", from_addr)
        address, self._tail = closed.groups() if closed else (from_addr, "")
        return super().sendmail(address, to_addrs, msg, mail_options, rcpt_options)

    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        return super().docmd(cmd, args + self._tail if cmd == "MAIL" else args)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
