"""What can go wrong, by what the caller may do about it.

This module owns the exceptions of the norm and the two private classes behind them; it does not know about
sockets, replies on the wire, or which command meets which failure.

========================================  ==========================================  ====================
raised                                    what happened                               the connection is
========================================  ==========================================  ====================
SMTPServerDisconnected                    lost, out of step, or never there           closed
TimedOut (also a ``socket.timeout``)      the server kept silent, or stopped reading  closed
SMTPConnectError                          a greeting other than 2yz                   closed
a response exception with code 421        the server is going away                    closed
a response exception with code -1         what came was no reply                      closed
any other response exception              a refusal, in its turn                      open, in step
SMTPNotSupportedError, ValueError, …      a failure on this side                      open, in step
========================================  ==========================================  ====================
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class SMTPException(OSError):  # noqa: N818 - the norm's name
    """Base of every exception of this package."""


class SMTPNotSupportedError(SMTPException):
    """The server does not offer the command or option that was asked for; nothing of it was sent."""


class SMTPServerDisconnected(SMTPException):
    """The connection is lost, or there has not been one.

    If it was lost after the end of the mail data, nobody knows whether the mail was accepted: RFC 5321
    4.5.4.1 has the client try again, and the receiver may get the mail twice.

    Attributes:
        last_reply: Beyond the norm: code and text of a reply that had arrived, unread, when writing failed.
    """

    last_reply: tuple[int, bytes] | None = None


class SMTPResponseException(SMTPException):
    """Base of the exceptions that carry a reply.

    Attributes:
        smtp_code: The reply code; -1 where what the server sent had none.
        smtp_error: The text of the reply, its lines joined by a line feed; undecoded.
    """

    def __init__(self, code: int, msg: bytes) -> None:
        self.smtp_code = code
        self.smtp_error = msg
        self.args = (code, msg)


class SMTPSenderRefused(SMTPResponseException):
    """The server refused MAIL.

    Attributes:
        sender: The address that was refused, as the caller wrote it.
    """

    def __init__(self, code: int, msg: bytes, sender: str) -> None:
        super().__init__(code, msg)
        self.sender = sender
        self.args = (code, msg, sender)


class SMTPRecipientsRefused(SMTPException):
    """All recipients were refused: nobody got the mail.

    Attributes:
        recipients: For each address, as the caller wrote it, the code and text of the reply that refused it.
    """

    def __init__(self, recipients: Mapping[str, tuple[int, bytes]]) -> None:
        self.recipients = dict(recipients)
        self.args = (self.recipients,)


class SMTPDataError(SMTPResponseException):
    """The server refused DATA, or the mail data."""


class SMTPConnectError(SMTPResponseException):
    """The server greeted with something other than a success code."""


class SMTPHeloError(SMTPResponseException):
    """The server accepted neither EHLO nor HELO (or LHLO, in LMTP)."""


class SMTPAuthenticationError(SMTPResponseException):
    """The server did not accept the credentials."""


class TimedOut(SMTPServerDisconnected, TimeoutError):  # noqa: N818 - beside the norm's SMTPServerDisconnected
    """A wait for the server passed its limit.

    The norm promises ``socket.timeout`` (which is ``TimeoutError``); programs catch
    SMTPServerDisconnected. This is both, and the connection is closed: a reply that comes late must not
    answer a later command.
    """


class ReplyTooLong(SMTPServerDisconnected, SMTPResponseException):
    """A reply passed one of the limits in ``_reply``; the rest of it was not read."""


class DeliveryUnknown(SMTPServerDisconnected, SMTPDataError):  # noqa: N818 - the same
    """The end of the mail data was answered by something that is neither yes nor no."""
