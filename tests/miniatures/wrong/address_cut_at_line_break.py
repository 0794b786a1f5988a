"""Sends an address up to its line break and drops the rest in silence."""

import re
from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["envelope/line-break-in-address-raises"]


class SMTP(reference.SMTP):
    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        to_addrs = [to_addrs] if isinstance(to_addrs, str) else list(to_addrs)
        cut = [re.split("[\r\n]", address)[0] for address in (from_addr, *to_addrs)]
        return super().sendmail(cut[0], cut[1:], msg, mail_options, rcpt_options)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
