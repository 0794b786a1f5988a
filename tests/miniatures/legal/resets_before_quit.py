"""Says RSET before QUIT, unless the server has said something meanwhile."""

from reference_client import *
from reference_client import __all__

_quit = SMTP.quit


def quit(self):
    if self.sock is not None and self._stream().is_quiet():
        self.rset()
    return _quit(self)


SMTP.quit = quit
