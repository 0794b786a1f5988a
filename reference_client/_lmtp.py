"""LMTP, the class of the norm (RFC 2033): what differs from SMTP, and nothing else.

This module owns Unix sockets, LHLO and the recipient replies; it does not know about anything that LMTP
shares with SMTP.

RFC 2033 4.2: after the end of data there is one reply for each RCPT that was accepted, in their order. If
the connection ends among them, those that came count; the rest are reported with code -1, for "nobody
knows": no server sends it.
"""

from __future__ import annotations

import socket

from ._connection import GLOBAL_DEFAULT_TIMEOUT, SERVICE_CLOSING
from ._endpoint import LMTP_PORT
from ._envelope import with_our_steps
from ._exceptions import DeliveryUnknown, SMTPHeloError, SMTPRecipientsRefused, SMTPServerDisconnected
from ._mail_data import MailData
from ._reply import is_negative, is_positive
from ._smtp import SMTP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ._connection import SourceAddress
    from ._mail_data import Message
    from ._transaction import Refusals

UNKNOWN = (-1, b"the connection ended before the reply for this recipient: delivery is unknown")


@with_our_steps
class LMTP(SMTP):
    """A client session with an LMTP server (norm: LMTP).

    Args:
        host: The server, or the absolute path of a Unix socket.
        port: Its port, on TCP.
        local_hostname: As for SMTP, in LHLO.
        source_address: As for SMTP.
        timeout: As for SMTP. (Beyond the norm, last.)

    Raises:
        SMTPConnectError: As for SMTP, and so are the other exceptions.

    Attributes:
        recipient_replies: Beyond the norm: code and text for each recipient that was accepted at RCPT, in
            their order, after the last ``data`` or ``sendmail``.
    """

    default_port = LMTP_PORT
    ehlo_msg = "LHLO"
    recipient_replies: Sequence[tuple[int, bytes]]
    _accepted: int  # recipients of this transaction

    def __init__(
        self,
        host: str = "",
        port: int = LMTP_PORT,
        local_hostname: str | None = None,
        source_address: SourceAddress | None = None,
        timeout: float | None = GLOBAL_DEFAULT_TIMEOUT,
    ) -> None:
        super().__init__(host, port, local_hostname, timeout, source_address)

    # Unix sockets

    def _endpoint(self, host: str, port: int) -> tuple[str, int]:
        return (host, 0) if host.startswith("/") else super()._endpoint(host, port)

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        if not host.startswith("/"):
            return super()._get_socket(host, port, timeout)
        sock = socket.socket(socket.AF_UNIX)
        try:
            if timeout is not GLOBAL_DEFAULT_TIMEOUT:
                sock.settimeout(timeout)
            sock.connect(host)
        except BaseException:
            sock.close()
            raise
        return sock

    def _server_name(self) -> str:
        return "" if self._host.startswith("/") else self._host

    # LHLO

    def ehlo_or_helo_if_needed(self) -> None:
        """Introduce ourselves with LHLO unless the server has accepted that already.

        Raises:
            SMTPHeloError: The server refused; RFC 2033 4.1 has no HELO to fall back to.
        """
        if not self._is_introduced:
            code, text = self.ehlo()
            if not self._accepts(code, text):
                raise SMTPHeloError(code, text)

    # Recipient replies

    def rcpt(self, recip: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        """Name one recipient with RCPT, as in SMTP; if it is accepted, ``data`` will read a reply for it."""
        code, text = super().rcpt(recip, options)
        if is_positive(code):
            self._accepted += 1
        return code, text

    def data(self, msg: Message | MailData) -> tuple[int, bytes]:
        """Send the message with DATA and read the reply for each recipient into ``recipient_replies``.

        Args:
            msg: The message, as in SMTP.

        Returns:
            The first refusal, if there is one, or else the last reply.

        Raises:
            SMTPDataError: The server refused DATA, or refused the data before their end.
            SMTPServerDisconnected: The connection ended before anybody was known to have the mail.
        """
        self.recipient_replies = ()
        self._send_mail_data(msg if isinstance(msg, MailData) else MailData(msg))
        replies, end = self._read_recipient_replies(max(1, self._accepted))
        self._forget_transaction()
        self.recipient_replies = tuple(replies)
        if end is not None and not any(is_positive(code) for code, _ in replies):
            raise end
        return next((reply for reply in replies if not is_positive(reply[0])), replies[-1])

    def _read_recipient_replies(self, awaited: int) -> tuple[list[tuple[int, bytes]], SMTPServerDisconnected | None]:
        """Return one reply for each recipient, and what ended the connection before they had all come."""
        replies: list[tuple[int, bytes]] = []
        rest = UNKNOWN
        end: SMTPServerDisconnected | None = None
        while len(replies) < awaited:
            try:
                code, text = self.getreply()
            except SMTPServerDisconnected as lost:
                end = lost
                break
            replies.append((code, text))
            if code == SERVICE_CLOSING:  # RFC 5321 3.8: the server takes on nothing more
                rest = (code, text)
                break
            if not (is_positive(code) or is_negative(code)):
                self.close()
                end = DeliveryUnknown(code, text)
                break
        return replies + [rest] * (awaited - len(replies)), end

    def _send_to_nobody(self) -> None:
        # RFC 2033 4.2: no reply comes to mail data that have no recipient, or who knows which.
        self.close()

    def _forget_transaction(self) -> None:
        super()._forget_transaction()
        self._accepted = 0

    def _deliver(self, msg: Message | MailData, accepted: Sequence[str], refused: Refusals) -> None:
        self._accepted = len(accepted)  # an overridden rcpt() may not have counted
        self.recipient_replies = ()
        reply = self.data(msg)
        # An overridden data() may not have listed them.
        replies = list(self.recipient_replies) or [reply] * len(accepted)
        for recipient, (code, text) in zip(accepted, replies, strict=True):
            if not is_positive(code):
                refused[recipient] = (code, text)
        if not any(is_positive(code) for code, _ in replies):
            raise SMTPRecipientsRefused(refused)
