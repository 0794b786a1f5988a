"""Names a domain outside ASCII by its A-label, where SMTPUTF8 is not asked for and the local part is ASCII."""

import reference_client as reference
from reference_client import *
from reference_client import __all__


def by_its_a_label(address):
    local, at, domain = address.rpartition("@")
    return local + at + domain.encode("idna").decode() if local.isascii() and not domain.isascii() else address


class SMTP(reference.SMTP):
    def sendmail(self, from_addr, to_addrs, msg, mail_options=(), rcpt_options=()):
        if isinstance(to_addrs, list) and not any(option.upper() == "SMTPUTF8" for option in mail_options):
            from_addr, to_addrs = by_its_a_label(from_addr), [by_its_a_label(name) for name in to_addrs]
        return super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)

    def ehlo(self, name=""):
        return super().ehlo(name.encode("idna").decode() if name and not name.isascii() else name)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
