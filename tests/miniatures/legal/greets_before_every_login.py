"""login and starttls send one EHLO more than they need."""

import reference_client
from reference_client import *


class Freedom:
    def login(self, *args, **kwargs):
        self.ehlo_or_helo_if_needed()
        if self.does_esmtp:
            self.ehlo()
        return super().login(*args, **kwargs)

    def starttls(self, *args, **kwargs):
        self.ehlo_or_helo_if_needed()
        if self.has_extn("starttls"):
            self.ehlo()
        return super().starttls(*args, **kwargs)


class SMTP(Freedom, reference_client.SMTP): ...


class SMTP_SSL(Freedom, reference_client.SMTP_SSL): ...


class LMTP(Freedom, reference_client.LMTP): ...
