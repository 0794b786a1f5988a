"""Lost connections are subclasses of SMTPServerDisconnected, with texts of their own."""

from reference_client import *
from reference_client import __all__, _connection, _stream


class SMTPServerClosed(SMTPServerDisconnected):
    pass


class SMTPServerReset(SMTPServerClosed):
    pass


_stream.SMTPServerDisconnected = SMTPServerReset
_connection.SMTPServerDisconnected = SMTPServerClosed
