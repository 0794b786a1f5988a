"""SMTP_SSL, the class of the norm: SMTP over implicit TLS (RFC 8314 3.3).

This module owns the socket that speaks TLS from its first byte; it does not know about STARTTLS.
"""

from __future__ import annotations

from ._connection import GLOBAL_DEFAULT_TIMEOUT
from ._endpoint import SMTP_SSL_PORT
from ._smtp import SMTP
from ._tls import client_context, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    import ssl

    from ._connection import SourceAddress


class SMTP_SSL(SMTP):  # noqa: N801 - the norm's name
    """A client session over implicit TLS; all else as SMTP (norm: SMTP_SSL).

    Without *context* the certificate of the server is not verified.

    Args:
        host: As for SMTP.
        port: Its port; 0 for 465.
        local_hostname: As for SMTP.
        keyfile: Path of a private key (PEM). Deprecated, as *certfile*: use *context*.
        certfile: Path of a certificate chain (PEM).
        timeout: As for SMTP; each wait of TLS negotiation counts too.
        context: What governs TLS; with ``check_hostname`` the certificate must be for the host of the last
            ``connect``.
        source_address: As for SMTP.

    Raises:
        ValueError: A context and a file are given; nothing was dialled.
        RuntimeError: This interpreter has no TLS.
        ssl.SSLError: TLS negotiation failed.
        SMTPConnectError: As for SMTP, and so are the other exceptions.
    """

    default_port = SMTP_SSL_PORT

    def __init__(
        self,
        host: str = "",
        port: int = 0,
        local_hostname: str | None = None,
        keyfile: str | None = None,
        certfile: str | None = None,
        timeout: float | None = GLOBAL_DEFAULT_TIMEOUT,
        context: ssl.SSLContext | None = None,
        source_address: SourceAddress | None = None,
    ) -> None:
        self.context = client_context(keyfile, certfile, context)
        super().__init__(host, port, local_hostname, timeout, source_address)

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        return wrap(super()._get_socket(host, port, timeout), self.context, self._host)
