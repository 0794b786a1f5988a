"""Octets in clear behind the 220 to STARTTLS end the session, instead of being discarded."""

from reference_client import *
from reference_client import __all__
from reference_client._starttls import TLSSession


class Careful(TLSSession):
    def _negotiate(self, context, server_name):
        stream = self._stream()
        try:
            surplus = stream.read_ready() or stream.is_mid_reply
        except SMTPServerDisconnected:
            self.close()
            raise
        if surplus:
            self.close()
            raise SMTPServerDisconnected("more than the 220 to STARTTLS came in clear")
        super()._negotiate(context, server_name)


SMTP.__bases__ = (Careful, *SMTP.__bases__)
