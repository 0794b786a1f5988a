"""Returns refused recipients under their bare addresses."""

from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        refused = super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)
        return {reference.quoteaddr(recipient)[1:-1]: reply for recipient, reply in refused.items()}


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
