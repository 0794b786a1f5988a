"""verify() raises for a refusal."""

from reference_client import *
from reference_client import SMTP, SMTPResponseException, __all__

FAILS = [
    "low_level/verify-returns-a-refusal",
]

_verify = SMTP.verify


def verify(self, address):
    code, text = _verify(self, address)
    if code >= 400:
        raise SMTPResponseException(code, text)
    return code, text


SMTP.verify = verify
