"""Takes every reply to EHLO and HELO that is no refusal for a yes."""

from reference_client import *
from reference_client import SMTP, __all__

_getreply = SMTP.getreply
_accepts = SMTP._accepts


def accepts(self, code, text):
    if 100 <= code < 400:
        self._is_greeted = True
        return True
    return _accepts(self, code, text)


SMTP._accepts = accepts

FAILS = ["hello/if-needed-neither-yes-nor-no"]
