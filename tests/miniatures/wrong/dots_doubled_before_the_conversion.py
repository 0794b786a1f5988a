"""Doubles dots first and converts the line ends of text behind that, so that a dot behind a lone CR is missed."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["mail_data/transparency-of-converted-lines"]


class Doubled:
    def __init__(self, text):
        octets = ("\n" + text).replace("\n.", "\n..")[1:].encode("ascii")
        octets = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
        self._octets = octets if octets.endswith(b"\r\n") else octets + b"\r\n"

    def __iter__(self):
        yield self._octets + b".\r\n"


class SMTP(reference.SMTP):
    _text = None

    def data(self, msg):
        self._text = msg if isinstance(msg, str) and msg.isascii() else None
        return super().data(msg)

    def _send_mail_data(self, mail_data):
        super()._send_mail_data(mail_data if self._text is None else Doubled(self._text))


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
