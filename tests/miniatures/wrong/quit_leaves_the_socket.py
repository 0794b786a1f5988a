"""quit() leaves the connection to the server to close."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "session/quit-closes-whatever-the-reply",
    "session/sock-attribute",
    "tls/whole-transaction",
]
MAY_FAIL = ["wire/nothing-after-quit"]  # where the next command reaches the server before its reset reaches the client


def quit_(self):
    return self._say_quit()


SMTP.quit = quit_
