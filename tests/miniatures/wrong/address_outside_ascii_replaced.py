"""Sends a question mark for each character of an address that is not ASCII."""

from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "options/address-outside-ascii",
    "options/address-outside-ascii-after-helo",
    "options/domain-outside-ascii",
    "options/smtputf8-does-not-stick",
    "sendmail/local-failure-is-reset",
]


class SMTP(reference.SMTP):
    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        if "SMTPUTF8" not in [option.upper() for option in mail_options]:
            to_addrs = [to_addrs] if isinstance(to_addrs, str) else list(to_addrs)
            from_addr, *to_addrs = (name.encode("ascii", "replace").decode() for name in (from_addr, *to_addrs))
        return super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
