"""Subclasses as programs have them: through a proxy, with TLS of their own, with a STARTTLS of their own."""

from __future__ import annotations

import socket
import ssl

import trustme

from reference_client import SMTP
from tests.reference_client.listening import dialogue, listening
from tests.reference_client.peers.aiosmtpd_servers import aiosmtpd_server


class ThroughProxy(SMTP):
    """Asks a proxy for the connection, as SOCKS does."""

    proxy: tuple[str, int]

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        sock = socket.create_connection(self.proxy, timeout, self.source_address)
        sock.sendall(f"CONNECT {host}:{port}\r\n".encode())
        assert sock.recv(4) == b"OK\r\n"
        return sock


def test_a_proxy_is_asked_for_the_host_and_port() -> None:
    def serve(connection: socket.socket) -> None:
        dialogue(connection, "C: CONNECT mail.example:25", "S: OK")
        dialogue(connection, "S: 220 ready", "C: EHLO me.example", "S: 250-mail.example", "S: 250 SIZE")
        dialogue(connection, "C: MAIL FROM:<a@b.example> SIZE=4", "S: 250 ok", "C: RCPT TO:<c@d.example>", "S: 250 ok")
        dialogue(connection, "C: DATA", "S: 354 go", "C: hi", "C: .", "S: 250 ok", "C: QUIT", "S: 221 bye")

    with listening(serve) as port:
        ThroughProxy.proxy = ("127.0.0.1", port)
        with ThroughProxy("mail.example", timeout=10, local_hostname="me.example") as smtp:
            assert smtp.sendmail("a@b.example", "c@d.example", "hi\n") == {}


def test_a_socket_may_be_wrapped_in_get_socket() -> None:
    authority = trustme.CA()
    context = ssl.create_default_context()
    authority.configure_trust(context)

    class Secured(SMTP):
        def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
            return context.wrap_socket(super()._get_socket(host, port, timeout), server_hostname=self._host)

    with aiosmtpd_server(authority, implicit_tls=True) as (port, mailbox):
        with Secured("127.0.0.1", port, timeout=10) as smtp:
            smtp.sendmail("a@b.example", "c@d.example", "hi\n")
        assert mailbox.contents == [b"hi\r\n"]


def test_a_starttls_of_its_own_may_replace_the_socket() -> None:
    authority = trustme.CA()
    context = ssl.create_default_context()
    authority.configure_trust(context)

    class Own(SMTP):
        def secure(self) -> None:
            self.ehlo_or_helo_if_needed()
            code, _ = self.docmd("STARTTLS")
            assert code == 220
            assert self.sock is not None
            self.sock = context.wrap_socket(self.sock, server_hostname="127.0.0.1")
            self.file = None
            self.helo_resp = self.ehlo_resp = None
            self.esmtp_features = {}
            self.does_esmtp = False

    with aiosmtpd_server(authority, require_starttls=True) as (port, mailbox):
        with Own("127.0.0.1", port, timeout=10) as smtp:
            smtp.secure()
            smtp.sendmail("a@b.example", "c@d.example", "hi\n")
        assert mailbox.contents == [b"hi\r\n"]
