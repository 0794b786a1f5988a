"""Converts the line ends of bytes as well."""

import re

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["mail_data/bytes-are-not-modified"]


class SMTP(reference.SMTP):
    def data(self, msg: str | bytes) -> tuple[int, bytes]:
        return super().data(re.sub(b"\r\n|\r|\n", b"\r\n", msg) if isinstance(msg, bytes) else msg)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
