"""Sends EHLO before the first command of a session, also where that needs none."""

from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession


class Freedom(MailSession):
    _greeting_now = False

    def putcmd(self, cmd, args=""):
        verb = cmd.split(" ")[0].upper()
        greeted = self.ehlo_resp is not None or self.helo_resp is not None
        if not (greeted or self._greeting_now or self.sock is None or verb in ("EHLO", "HELO", "LHLO", "XHLO", "QUIT")):
            self._greeting_now = True
            try:
                self.ehlo()
            finally:
                self._greeting_now = False
        super().putcmd(cmd, args)


SMTP.__bases__ = (Freedom,)
