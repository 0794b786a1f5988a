"""Sends VRFY and EXPN without an argument where the text is no address."""

from reference_client import *
from reference_client import SMTP, __all__


def asking(verb, ask):
    def asked(self, address):
        try:
            return ask(self, address)
        except ValueError:
            return self.docmd(verb) if address.isascii() and address.isprintable() else ask(self, address)

    return asked


SMTP.verify = SMTP.vrfy = asking("VRFY", SMTP.verify)
SMTP.expn = asking("EXPN", SMTP.expn)

FAILS = ["low_level/verify-of-what-is-no-address"]
