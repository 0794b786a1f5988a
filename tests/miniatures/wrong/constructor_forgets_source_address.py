"""The source_address of the constructor is ignored."""

from reference_client import *
from reference_client import SMTP, __all__
from reference_client._smtp import GLOBAL_DEFAULT_TIMEOUT

FAILS = [
    "api/attributes-of-the-constructor",
    "connect/source-address",
    "connect/source-address-kept",
    "connect/source-host-left-open",
    "connect/source-port",
    "connect/source-port-left-open",
    "connect/source-address-that-is-not-ours",
    "lmtp/source-address",
    "tls/source-address",
]

_init = SMTP.__init__


def init(self, host="", port=0, local_hostname=None, timeout=GLOBAL_DEFAULT_TIMEOUT, source_address=None):
    _init(self, host, port, local_hostname, timeout)


SMTP.__init__ = init
