"""Debug output (norm: set_debuglevel): what is shown of the dialogue.

This module owns the form of the lines and what is hidden in them; it does not know about when to print.

The norm wants "all messages sent to and received from the server". Shown are all of them, but of AUTH only
the mechanism: the responses are passwords, and debug output ends in log files and bug reports.
"""

from __future__ import annotations

import re
import sys

HIDDEN = b"<hidden>"

_AUTH_COMMAND = re.compile(rb"(?i)(AUTH +[^ \r\n]+ +)[^\r\n]+")


def conceal(data: bytes, secret: bytes) -> bytes:
    """Return what may be shown of bytes that are about to be sent.

    Args:
        data: The bytes.
        secret: The response that is being sent, or nothing.
    """
    shown = _AUTH_COMMAND.sub(rb"\1" + HIDDEN, data)
    return shown.replace(secret, HIDDEN) if secret else shown


def show(level: int, *values: object) -> None:
    """Write one line to ``sys.stderr`` as it is now; above level 1 with the time of day before it."""
    if level > 1:
        from datetime import datetime  # noqa: PLC0415 - only needed by those who watch

        values = (datetime.now().astimezone().time(), *values)
    print(*values, file=sys.stderr)  # noqa: T201 - this is the output that the norm describes
