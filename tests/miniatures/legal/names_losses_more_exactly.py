"""Lost connections are subclasses of SMTPServerDisconnected, with texts of their own."""

from reference_client import *
from reference_client import __all__, _connection, _stream


class SMTPServerReset(SMTPServerDisconnected):
    pass


class SMTPServerClosed(SMTPServerDisconnected):
    pass


_stream.SMTPServerDisconnected = SMTPServerReset
_connection.SMTPServerDisconnected = SMTPServerClosed
