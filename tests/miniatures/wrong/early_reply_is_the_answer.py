"""Takes a reply that came before the end of the mail data for the answer to them."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["mail_data/early-acceptance"]


class SMTP(reference.SMTP):
    def _heed_early_reply(self) -> None:
        pass


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
