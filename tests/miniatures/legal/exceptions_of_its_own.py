"""What is raised are subclasses of the documented exceptions, with other texts and causes."""

from reference_client import *
from reference_client import SMTPConnectError, SMTPServerDisconnected, __all__, _connection, _smtp


class GreetingRefused(SMTPConnectError):
    """A refused greeting."""

    def __str__(self):
        return f"the server said {self.smtp_code}"


class NobodyThere(SMTPServerDisconnected):
    """No connection."""


def stream(self, inner=_connection.Connection._stream):
    if self.sock is None:
        raise NobodyThere("no connection")
    return inner(self)


_smtp.SMTPConnectError = GreetingRefused
_connection.Connection._stream = stream
