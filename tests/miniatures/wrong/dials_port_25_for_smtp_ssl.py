"""SMTP_SSL without a port dials 25."""

import reference_client
from reference_client import *
from reference_client import __all__


class SMTP_SSL(reference_client.SMTP_SSL):
    default_port = 25


FAILS = ["tls/default-local-host", "tls/default-port"]
