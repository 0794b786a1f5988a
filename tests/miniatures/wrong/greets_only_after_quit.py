"""Only quit() makes the next connection a new session: after close(), with or a loss it is not greeted."""

from reference_client import *  # noqa: F403
from reference_client import SMTP, __all__  # noqa: F401

FAILS = [
]

_quit = SMTP.quit


def _forget_session(self):
    if not hasattr(self, "esmtp_features"):
        self._forget_greeting()


def quit_(self):
    reply = _quit(self)
    self._forget_greeting()
    self.ehlo_resp = self.helo_resp = None
    return reply


SMTP._forget_session = _forget_session
SMTP.quit = quit_
