"""Where PIPELINING is offered, the message goes out in one write with DATA, ahead of the leave to send it."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "pipelining/data-ends-a-group",
    "pipelining/data-refused",
    "pipelining/not-offered-any-more",
    "pipelining/recipient-replies",
    "pipelining/replies-in-order",
]


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data):
        if not self.has_extn("pipelining"):
            super()._send_mail_data(mail_data)
            return
        self.send(b"DATA\r\n" + b"".join(mail_data))
        self._awaited += 2
        code, text = self.getreply()
        if code != 354:
            self.close()
            raise SMTPDataError(code, text)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
