"""Takes nothing but a list or a string for recipients."""

from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        if not isinstance(to_addrs, list | str):
            raise TypeError("to_addrs is a list of addresses")
        return super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
