"""Only quit() makes the next connection a new session: after close(), with or a loss it is not greeted."""

from reference_client import *
from reference_client import SMTP, __all__

FAILS = [
    "hello/again-after-a-loss",
    "hello/again-after-a-second-connect",
    "hello/again-after-close",
    "hello/again-after-with",
    "hello/new-session-knows-nothing",
]

KNOWN = ("does_esmtp", "esmtp_features", "ehlo_resp", "helo_resp", "_is_greeted")
_close, _quit = SMTP.close, SMTP.quit


def close(self):
    known = {name: getattr(self, name) for name in KNOWN}
    _close(self)
    vars(self).update(known)


def quit_(self):
    reply = _quit(self)
    self._forget_session()
    return reply


SMTP.close = close
SMTP.quit = quit_
