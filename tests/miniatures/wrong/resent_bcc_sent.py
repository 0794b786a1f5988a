"""Transmits Resent-Bcc fields."""

import reference_client._message
from reference_client import *
from reference_client import __all__

FAILS = ["send_message/blind-fields"]


reference_client._message._BLIND = ("Bcc",)  # type: ignore[assignment]
