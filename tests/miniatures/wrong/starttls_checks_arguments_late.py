"""What is wrong with the arguments of starttls shows only after STARTTLS was sent, and the session goes on in clear."""

from reference_client import *
from reference_client import __all__
from reference_client._starttls import client_context
from reference_client._transaction import MailSession

_starttls = MailSession.starttls


def starttls(self, keyfile=None, certfile=None, context=None):
    try:
        made = client_context(keyfile, certfile, context)
    except Exception:
        self.docmd("STARTTLS")
        raise
    return _starttls(self, context=made)


MailSession.starttls = starttls

FAILS = ["starttls/no-ssl-module-no-half-session", "starttls/unusable-arguments"]
