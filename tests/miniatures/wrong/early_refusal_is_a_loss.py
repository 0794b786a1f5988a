"""A refusal that comes before the end of the mail data is reported as a lost connection, without its reply."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["replies/early-refusal-of-data"]
MAY_FAIL = ["mail_data/early-refusal"]  # where the refusal comes in one segment with the 354


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data):
        refused = True
        try:
            code, text = self._leave or self.docmd("DATA")
            if code >= 400:
                raise SMTPDataError(code, text)
            refused = False
            self._leave = code, text
            super()._send_mail_data(mail_data)
        except SMTPDataError as error:
            if refused or error.smtp_code == 421:
                raise
            self.close()
            raise SMTPServerDisconnected("the server did not wait for the end of the mail data") from error


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
