"""After a timeout the connection stays open, and the late reply answers the next command."""

from reference_client import *
from reference_client import SMTP as _SMTP


class SMTP(_SMTP):
    def getreply(self):
        sock, stream = self.sock, self.file
        try:
            return super().getreply()
        except TimeoutError:
            if sock is not None:
                import os, socket
                self.sock = sock
            raise

FAILS = []
