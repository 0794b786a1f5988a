"""A TLS negotiation that fails for want of a TLS server leaves the session open in clear."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Bug(MailSession):
    def _negotiate(self, context, server_name):
        spare = self.sock.dup()
        spare.settimeout(self.sock.gettimeout())
        try:
            super()._negotiate(context, server_name)
        except OSError:
            self.sock = spare
            raise
        else:
            spare.close()


SMTP.__bases__ = (Bug,)

FAILS = ["starttls/end-before-negotiation", "starttls/no-tls-behind-220"]
