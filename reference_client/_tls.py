"""TLS (RFC 3207, RFC 8314): the context that governs it, and the wrapping of a socket.

This module owns what ``keyfile``, ``certfile`` and ``context`` mean together; it does not know about commands.

Without a context nothing is verified: this is what the norm's module has always done, and servers with
certificates of their own making depend on it. Whoever sends passwords passes
``context=ssl.create_default_context()``.
"""

from __future__ import annotations

import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    import ssl


def client_context(keyfile: str | None, certfile: str | None, context: ssl.SSLContext | None) -> ssl.SSLContext:
    """Return the context that the arguments of a caller amount to.

    Args:
        keyfile: Path of a private key (PEM). Deprecated, as *certfile*.
        certfile: Path of a certificate chain (PEM).
        context: A context, instead of the two.

    Raises:
        RuntimeError: This interpreter has no TLS.
        ValueError: A context and a file are given, or a key without a certificate.
        OSError: A file cannot be read.
    """
    try:
        import ssl  # noqa: PLC0415 - the most expensive import of all, and not every session needs it
    except ImportError as error:
        raise RuntimeError("TLS is not available: this interpreter has no ssl module") from error
    if keyfile is not None or certfile is not None:
        if context is not None:
            raise ValueError("context and keyfile/certfile are alternatives: pass one of them")
        if certfile is None:
            raise ValueError("keyfile needs the certfile that it belongs to")
        warnings.warn(
            "keyfile and certfile are deprecated: use ssl.SSLContext.load_cert_chain and pass context",
            DeprecationWarning,
            stacklevel=3,  # who called the method that calls us
        )
    if context is not None:
        return context
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certfile is not None:
        context.load_cert_chain(certfile, keyfile)
    return context


def wrap(sock: socket.socket, context: ssl.SSLContext, server_name: str) -> ssl.SSLSocket:
    """Do the TLS negotiation on a connected socket, which is closed if that fails.

    Args:
        sock: The socket; it must not be used afterwards.
        context: What governs TLS.
        server_name: The name to check the certificate against; empty if there is none.

    Raises:
        ssl.SSLError: The negotiation failed.
        OSError: The connection was lost.
        ValueError: The context wants a name, and there is none. The socket is still open.
    """
    return context.wrap_socket(sock, server_hostname=server_name or None)


def is_secured(sock: socket.socket | None) -> bool:
    """Say whether a socket speaks TLS."""
    import ssl  # noqa: PLC0415 - as above

    return isinstance(sock, ssl.SSLSocket)
