"""Lets addresses outside ASCII into the mails behind one that asked for SMTPUTF8."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["options/smtputf8-does-not-stick"]


class SMTP(reference.SMTP):
    _asked = False

    def _encoding_for(self, options: Iterable[str]) -> str:
        encoding = super()._encoding_for(options)
        self._asked = self._asked or encoding == "utf-8"
        return "utf-8" if self._asked else encoding


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
