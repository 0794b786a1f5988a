"""Says RSET before QUIT."""

from reference_client import *
from reference_client import __all__

_quit = SMTP.quit


def quit(self):
    if self.sock is not None:
        self.rset()
    return _quit(self)


SMTP.quit = quit
