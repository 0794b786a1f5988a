"""aiosmtpd, listening on a port of its choice, with a handler that keeps what it is given."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    import trustme

USER, PASSWORD = "tim", "tanstaaftanstaaf"


class Mailbox:
    """Takes every message but those for recipients in the domain refused.example."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.sessions: list[Session] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.endswith("@refused.example"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.sessions.append(session)
        self.envelopes.append(envelope)
        return "250 2.0.0 queued"

    @property
    def contents(self) -> list[bytes]:
        """The messages, octet for octet."""
        return [envelope.original_content or b"" for envelope in self.envelopes]


class _OnAnyPort(Controller):
    def _trigger_server(self) -> None:  # with port 0 the port is known only now
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _LMTPOnAnyPort(_OnAnyPort):
    def factory(self) -> LMTP:
        return LMTP(self.handler, **self.SMTP_kwargs)


def authenticate(_server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
    """Accept one user."""
    matches = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=matches, handled=matches)


@contextmanager
def aiosmtpd_server(
    authority: trustme.CA | None = None, *, implicit_tls: bool = False, lmtp: bool = False, **options: Any
) -> Iterator[tuple[int, Mailbox]]:
    """Yield port and mailbox of a server.

    Args:
        authority: Issues a certificate for localhost; STARTTLS is offered then, or TLS implicit.
        implicit_tls: Whether TLS is spoken from the first octet.
        lmtp: Whether to speak LMTP.
        options: For aiosmtpd's SMTP class.
    """
    context = None
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    if implicit_tls:
        options["ssl_context"] = context
    elif context is not None:
        options["tls_context"] = context
    mailbox = Mailbox()
    kind = _LMTPOnAnyPort if lmtp else _OnAnyPort
    controller = kind(mailbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port, mailbox
    finally:
        controller.stop()
