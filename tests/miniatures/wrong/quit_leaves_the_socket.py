"""quit() leaves the connection to the server to close."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

FAILS = [
    "session/quit-closes-whatever-the-reply",
    "session/sock-attribute",
    "tls/whole-transaction",
]


def quit_(self):
    return self._say_quit()


SMTP.quit = quit_
