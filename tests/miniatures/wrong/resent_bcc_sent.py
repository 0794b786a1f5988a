"""Transmits Resent-Bcc fields."""

from __future__ import annotations

import reference_client._message
from reference_client import *  # noqa: F403

FAILS = [
]


reference_client._message._BLIND = ("Bcc",)  # type: ignore[assignment]
