"""Where no timeout is given there is none, whatever the global default."""

from reference_client import *
from reference_client import LMTP as _LMTP
from reference_client import SMTP as _SMTP
from reference_client import SMTP_SSL as _SMTP_SSL


class _Forever:
    def _get_socket(self, host, port, timeout):
        given = isinstance(timeout, (int, float)) or timeout is None
        return super()._get_socket(host, port, timeout if given else None)


class SMTP(_Forever, _SMTP): ...


class SMTP_SSL(_Forever, _SMTP_SSL): ...


class LMTP(_Forever, _LMTP): ...

FAILS = []
