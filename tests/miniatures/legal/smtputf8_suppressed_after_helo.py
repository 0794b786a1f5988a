"""Leaves SMTPUTF8 out after HELO, as all ESMTP options."""

from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        self.ehlo_or_helo_if_needed()
        return super().sendmail(from_addr, to_addrs, msg, mail_options if self.does_esmtp else (), rcpt_options)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
