"""starttls under TLS sends STARTTLS once more, offered or not."""

import reference_client._starttls as starttls
from reference_client import *
from reference_client import __all__
from reference_client._transaction import MailSession

starttls.is_secured = lambda sock: False


class Bug(MailSession):
    def has_extn(self, name):
        return super().has_extn(name) or (name.lower() == "starttls" and hasattr(self.sock, "cipher"))


SMTP.__bases__ = (Bug,)

FAILS = [
    "starttls/not-twice",
    "tls/starttls-under-implicit-tls",
]
