"""A reset of the connection comes out as ConnectionResetError."""

from reference_client import *
from reference_client import __all__, _stream


def _lost(error, doing, _lost=_stream._lost):
    return error if isinstance(error, (ConnectionResetError, BrokenPipeError)) else _lost(error, doing)


_stream._lost = _lost

FAILS = [
    "disconnects/before-writing-data",
    "disconnects/on-starttls",
    "disconnects/reset",
    "login/refusal-survives-hang-up",
    "low_level/docmd-lost",
    "low_level/docmd-lost-between-lines",
    "mail_data/closed-while-writing",
    "session/quit-unanswered",
    "session/with-and-a-lost-connection",
    "session/with-and-an-unnoticed-loss",
]

# The reset may overtake the refusal, or not.
MAY_FAIL = ["mail_data/refusal-and-close-while-writing"]
