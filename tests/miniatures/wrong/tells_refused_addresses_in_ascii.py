"""What it tells of refused addresses has them in ASCII, with escapes."""

import functools

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["options/smtputf8-refusals"]


def escaped(address):
    return address.encode("ascii", "backslashreplace").decode()


class SMTP(reference.SMTP):
    @functools.wraps(reference.SMTP.sendmail)
    def sendmail(self, *args, **kwargs):
        try:
            refused = super().sendmail(*args, **kwargs)
        except SMTPSenderRefused as error:
            error.sender = escaped(error.sender)
            raise
        except SMTPRecipientsRefused as error:
            error.recipients = {escaped(name): reply for name, reply in error.recipients.items()}
            raise
        return {escaped(name): reply for name, reply in refused.items()}


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
