"""ehlo() and helo() give the name of the constructor whatever name they are given."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "hello/ehlo-with-a-given-name",
    "hello/helo-with-a-given-name",
    "wire/line-break-in-an-argument",
]

_ehlo, _helo = SMTP.ehlo, SMTP.helo


def ehlo(self, name=""):
    return _ehlo(self)


def helo(self, name=""):
    return _helo(self)


SMTP.ehlo = ehlo
SMTP.helo = helo
