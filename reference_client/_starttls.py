"""STARTTLS (RFC 3207): from plaintext to TLS within a session.

This module owns the command and what is forgotten after it; it does not know about implicit TLS.
"""

from __future__ import annotations

from ._exceptions import SMTPNotSupportedError, SMTPResponseException, SMTPServerDisconnected
from ._reply import is_negative
from ._session import Session
from ._tls import client_context, is_secured, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

_READY = 220  # RFC 3207 4


class TLSSession(Session):
    """A session that can put itself under TLS."""

    def starttls(
        self,
        keyfile: str | None = None,
        certfile: str | None = None,
        context: ssl.SSLContext | None = None,
    ) -> tuple[int, bytes]:
        """Put the connection under TLS; whatever the server said before is forgotten.

        Without *context* the certificate of the server is not verified.

        Args:
            keyfile: Path of a private key (PEM). Deprecated, as *certfile*: use *context*.
            certfile: Path of a certificate chain (PEM).
            context: What governs TLS; with ``check_hostname`` the certificate must be for the host of the
                last ``connect``.

        Returns:
            Code and text of the 220 reply. ``ehlo`` comes next; every method that needs it calls it.

        Raises:
            ValueError: A context and a file are given; nothing was sent. Or the context wants to check a name that
                is not there, as on a Unix socket; the connection is closed.
            RuntimeError: This interpreter has no TLS. Nothing was sent.
            SMTPHeloError: The server accepted neither EHLO nor HELO.
            SMTPNotSupportedError: The server does not offer STARTTLS, or the connection is under TLS already.
            SMTPResponseException: The server refused; plaintext goes on.
            OSError: TLS negotiation failed, an ``ssl.SSLError`` most often; the connection is closed.
            SMTPServerDisconnected: The connection was lost.
        """
        context = client_context(keyfile, certfile, context)
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls") or is_secured(self.sock):  # RFC 3207 4.2: not offered under TLS
            raise SMTPNotSupportedError("the server does not offer STARTTLS, or the connection is under TLS already")
        code, text = self.docmd("STARTTLS")
        if code != _READY:
            if not is_negative(code):  # neither yes nor no: the server may be waiting for TLS
                self.close()
            raise SMTPResponseException(code, text)
        self._negotiate(context, self._server_name())
        return code, text

    def _negotiate(self, context: ssl.SSLContext, server_name: str) -> None:
        try:
            self.sock = wrap(self._stream().sock, context, server_name)
        except BaseException as error:
            self.close()
            if isinstance(error, ConnectionError):
                raise SMTPServerDisconnected(f"connection lost in TLS negotiation: {error}") from error
            raise
        # RFC 3207 4.2: forget what was learnt. The plaintext that was read ahead is in the stream of the old socket.
        self._forget_session()

    def _server_name(self) -> str:
        """Return the name that the certificate must be for."""
        return self._host
