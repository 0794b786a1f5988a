"""Does not count the line end that it adds to a message without one."""

from collections.abc import Iterable
from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    _added = 0

    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        ends = ("\r", "\n") if isinstance(msg, str) else b"\r\n"
        self._added = 0 if msg.endswith(ends) else 2
        return super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)

    def mail(self, sender: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        chosen = [options] if isinstance(options, str) else list(options)
        for place, option in enumerate(chosen):
            if option.startswith("SIZE="):
                chosen[place] = f"SIZE={int(option[5:]) - self._added}"
        return super().mail(sender, chosen)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
