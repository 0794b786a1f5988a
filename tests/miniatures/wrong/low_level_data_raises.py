"""data() raises SMTPDataError also where the mail data are refused."""

from reference_client import *
from reference_client import SMTP, SMTPDataError, __all__

FAILS = [
    "low_level/data-returns-the-last-reply",
]

_data = SMTP.data


def data(self, msg):
    code, text = _data(self, msg)
    if code >= 400:
        raise SMTPDataError(code, text)
    return code, text


SMTP.data = data
