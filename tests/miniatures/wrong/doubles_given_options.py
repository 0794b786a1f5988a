"""Adds SMTPUTF8 and BODY=8BITMIME to options that have them."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["send_message/given-options-go-once"]


class SMTP(reference.SMTP):
    _given = ()

    def send_message(self, msg, from_addr=None, to_addrs=None, mail_options=(), rcpt_options=()):
        self._given = [option for option in mail_options if option.upper() in {"SMTPUTF8", "BODY=8BITMIME"}]
        return super().send_message(msg, from_addr, to_addrs, mail_options, rcpt_options)

    def sendmail(self, from_addr, to_addrs, msg, mail_options=(), rcpt_options=()):
        international = not all(address.isascii() for address in [from_addr, *to_addrs])
        added, self._given = self._given if international else (), ()
        return super().sendmail(from_addr, to_addrs, msg, [*mail_options, *added], rcpt_options)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
