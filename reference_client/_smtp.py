"""SMTP, the class of the norm: the session above, with its constructor.

This module owns the arguments of the constructor; it does not know about anything else. Each layer below it
is a chapter: ``_connection``, ``_session``, ``_starttls``, ``_authentication``, ``_transaction``.
"""

from __future__ import annotations

from contextlib import suppress

from ._connection import GLOBAL_DEFAULT_TIMEOUT
from ._exceptions import SMTPConnectError, SMTPException
from ._reply import is_positive
from ._session import name_of_this_host
from ._transaction import MailSession

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._connection import SourceAddress


class SMTP(MailSession):
    """A client session with an SMTP or ESMTP server (norm: SMTP).

    With ``with``, QUIT is sent at the end of the block.

    Args:
        host: The server; if given, ``connect`` is called.
        port: Its port; 0 for 25.
        local_hostname: The name for HELO and EHLO; by default that of ``socket.getfqdn``, or an address
            literal where that has no dot.
        timeout: Seconds for each wait: for the connection, for each read, for each block written. None waits
            for ever; by default that of ``socket.setdefaulttimeout``.
        source_address: Host and port to bind to before connecting; ``""`` and 0 leave them to the system.

    Raises:
        SMTPConnectError: The server greeted with something other than a success code.
        OSError: The connection cannot be made.
        SMTPServerDisconnected: The server closed it instead of greeting.
        TimeoutError: A wait passed the timeout.
        ValueError: The timeout is 0.

    Attributes:
        does_esmtp: Whether the server has accepted EHLO.
        esmtp_features: The service extensions that it offered: keyword in lower case, parameters.
        ehlo_resp: The text of its reply to EHLO, or None.
        helo_resp: The text of its reply to HELO, or None.
        local_hostname: The name for HELO and EHLO.
        sock: The connected socket, or None.
        timeout: As given.
        source_address: As given.
    """

    def __init__(
        self,
        host: str = "",
        port: int = 0,
        local_hostname: str | None = None,
        timeout: float | None = GLOBAL_DEFAULT_TIMEOUT,
        source_address: SourceAddress | None = None,
    ) -> None:
        self.timeout = timeout
        self.source_address = source_address
        self.local_hostname = name_of_this_host() if local_hostname is None else local_hostname
        self._forget_session()
        if host:
            self._open(host, port)

    def _open(self, host: str, port: int) -> None:
        code, text = self.connect(host, port)
        if is_positive(code):
            return
        try:
            # RFC 5321 4.1.1.10: no closing without QUIT. Its reply could only delay the bad news.
            with suppress(SMTPException):
                self.putcmd("QUIT")
        finally:
            self.close()
        raise SMTPConnectError(code, text)
