"""Reply codes, reply texts and dictionaries are of subclasses of the documented types."""

from functools import wraps

from reference_client import *
from reference_client import SMTP, __all__
from reference_client._exceptions import SMTPRecipientsRefused as Refused


class Code(int):
    def __repr__(self):
        return f"<{int(self)}>"


class Text(bytes):
    def __repr__(self):
        return f"<{bytes(self)!r}>"


class Table(dict):
    pass


def getreply(self):
    code, text = _getreply(self)
    return Code(code), Text(text)


@wraps(SMTP.sendmail)
def sendmail(self, *args, **kwargs):
    try:
        return Table(_sendmail(self, *args, **kwargs))
    except Refused as error:
        error.recipients = Table(error.recipients)
        raise


_getreply, SMTP.getreply = SMTP.getreply, getreply
_sendmail, SMTP.sendmail = SMTP.sendmail, sendmail
