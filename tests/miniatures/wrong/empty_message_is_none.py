"""Sends the word None for an empty message."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["mail_data/empty-message"]


class SMTP(reference.SMTP):
    def data(self, msg):
        return super().data(msg or str(None))


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
