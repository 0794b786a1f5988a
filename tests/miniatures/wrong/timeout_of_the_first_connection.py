"""The timeout of the constructor counts for its own connection and for no later one."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = ["timeouts/next-connection"]


class SMTP(reference.SMTP):
    _dialled = False

    def _get_socket(self, host, port, timeout):
        first, self._dialled = not self._dialled, True
        return super()._get_socket(host, port, timeout if first else None)


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
