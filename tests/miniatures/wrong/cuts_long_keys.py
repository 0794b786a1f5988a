"""CRAM-MD5 cuts a password longer than 64 octets off instead of taking its digest."""

from reference_client import *
from reference_client import __all__
from reference_client import _sasl as sasl
from reference_client._transaction import MailSession


class Bug(MailSession):
    def auth_cram_md5(self, challenge=None):
        return None if challenge is None else sasl.cram_md5(self.user, self.password[:64], challenge)


SMTP.__bases__ = (Bug,)

FAILS = ["login/credentials-as-they-are"]
