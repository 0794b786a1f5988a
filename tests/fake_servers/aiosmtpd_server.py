"""An independent server, aiosmtpd, in a thread of its own: the real server of the relay's tests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from fake_servers import Authority
from tests.fake_servers.wire_client import PATIENCE


class Kept(Sink):
    """Keeps envelopes, refuses carol, greets bob late."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.logins: list[Any] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("carol"):
            return "550 5.1.1 No carol here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 2.0.0 Accepted"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.logins.append((mechanism, data))
        return AuthResult(success=True)


@contextmanager
def aiosmtpd_server(authority: Authority | None = None) -> Iterator[tuple[int, Kept]]:
    """Run one; yield its port and what it keeps."""
    kept = Kept()
    context = authority.server_context() if authority else None
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        return SMTP(kept, hostname="real.example.test", tls_context=context, authenticator=kept.authenticate, loop=loop)

    server = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1], kept
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
