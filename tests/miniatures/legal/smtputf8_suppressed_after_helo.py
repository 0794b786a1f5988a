"""Leaves SMTPUTF8 out after HELO, as all ESMTP options, unless an address of a message needs it."""

import functools
from typing import Any

import reference_client as reference
from reference_client import *
from reference_client import __all__


class SMTP(reference.SMTP):
    _is_needed = False

    @functools.wraps(reference.SMTP.send_message)
    def send_message(self, *args: Any, **kwargs: Any) -> Any:
        self._is_needed = True
        try:
            return super().send_message(*args, **kwargs)
        finally:
            self._is_needed = False

    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, mail_options: Any = (), rcpt_options: Any = ()) -> Any:
        self.ehlo_or_helo_if_needed()
        options = mail_options if self.does_esmtp or self._is_needed else ()
        return super().sendmail(from_addr, to_addrs, msg, options, rcpt_options)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
