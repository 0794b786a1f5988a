"""What came unasked answers the next command."""

from reference_client import *
from reference_client import __all__, _connection

_connection.Connection._is_answered_already = lambda self: False
_connection.Connection._skip_unasked = lambda self: None

FAILS = [
    "auth/stray-second-refusal",
    "lmtp/surplus-reply",
    "replies/odd-line-ends",
    "replies/stray-reply",
    "replies/stray-reply-in-two-parts",
    "replies/stray-reply-while-idle",
    "replies/stray-reply-within-a-transaction",
    "starttls/forged-replies-behind-a-refusal",
]
