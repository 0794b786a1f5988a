"""What only real sockets show: resets, timeouts, addresses."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from reference_client import SMTP, SMTPDataError, SMTPException, SMTPServerDisconnected
from reference_client import _stream as stream
from tests.reference_client.listening import ENVELOPE, OPENING, dialogue, listening, reset

if TYPE_CHECKING:
    from collections.abc import Callable

LARGE = b"x" * 78 + b"\r\n"


def session(port: int, *, timeout: float | None = 10, host: str = "127.0.0.1") -> SMTP:
    return SMTP(host, port, local_hostname="me.example", timeout=timeout)


class TestALargeMessage:
    def test_that_is_refused_early_and_reset_is_reported_with_the_reply(self) -> None:
        """Servers with a size limit do this: they reply, and close with the rest unread."""

        def serve(connection: socket.socket) -> None:
            dialogue(connection, *OPENING, *ENVELOPE)
            connection.recv(1000)
            connection.sendall(b"552 5.3.4 too big\r\n")
            reset(connection)

        with listening(serve) as port, session(port) as smtp:
            with pytest.raises(SMTPDataError) as caught:
                smtp.sendmail("a@b.example", "c@d.example", LARGE * 200_000)
            assert (caught.value.smtp_code, caught.value.smtp_error) == (552, b"5.3.4 too big")
            assert smtp.sock is None

    def test_that_meets_a_reset_without_a_reply_is_a_lost_connection(self) -> None:
        def serve(connection: socket.socket) -> None:
            dialogue(connection, *OPENING, *ENVELOPE)
            connection.recv(1000)
            reset(connection)

        with listening(serve) as port, session(port) as smtp, pytest.raises(SMTPServerDisconnected):
            smtp.sendmail("a@b.example", "c@d.example", LARGE * 200_000)

    def test_that_is_not_read_at_all_is_a_timeout(self) -> None:
        release = threading.Event()

        def serve(connection: socket.socket) -> None:
            dialogue(connection, *OPENING, *ENVELOPE)
            release.wait(10)

        with listening(serve) as port, session(port, timeout=0.2) as smtp:
            with pytest.raises(SMTPServerDisconnected) as caught:
                smtp.sendmail("a@b.example", "c@d.example", LARGE * 200_000)
            release.set()
            assert isinstance(caught.value, socket.timeout)


class TestTimeouts:
    def test_end_a_wait_for_a_reply(self) -> None:
        release = threading.Event()

        def serve(connection: socket.socket) -> None:
            dialogue(connection, "S: 220 ready", "C: NOOP")
            release.wait(10)

        with listening(serve) as port, session(port, timeout=0.1) as smtp:
            with pytest.raises(TimeoutError) as caught:
                smtp.noop()
            release.set()
            assert isinstance(caught.value, SMTPServerDisconnected)
            assert isinstance(caught.value, SMTPException)

    def test_end_a_reply_that_comes_octet_by_octet_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stream, "PATIENCE", 2)
        stop = threading.Event()

        def serve(connection: socket.socket) -> None:
            connection.sendall(b"220 ")
            while not stop.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

        with listening(serve) as port:
            began = time.monotonic()
            with pytest.raises(TimeoutError):
                session(port, timeout=0.2)
            assert time.monotonic() - began < 5
            stop.set()

    @pytest.mark.parametrize(("default", "given", "expected"), [(7, "none given", 7), (7, 3, 3), (7, None, None)])
    def test_are_the_default_unless_given(
        self, default: float, given: object, expected: float | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket, "getdefaulttimeout", lambda: default)
        socket.setdefaulttimeout(default)
        try:
            with listening(lambda connection: dialogue(connection, "S: 220 ready", "C: QUIT", "S: 221 bye")) as port:
                arguments = {} if given == "none given" else {"timeout": given}
                with SMTP("127.0.0.1", port, **arguments) as smtp:  # type: ignore[arg-type]
                    assert smtp.sock is not None
                    assert smtp.sock.gettimeout() == expected
        finally:
            socket.setdefaulttimeout(None)


def closing(connection: socket.socket) -> None:
    dialogue(connection, "S: 220 ready", "C: NOOP")


def resetting(connection: socket.socket) -> None:
    closing(connection)
    reset(connection)


@pytest.mark.parametrize("serve", [closing, resetting])
def test_a_connection_that_ends_is_a_lost_connection(serve: Callable[[socket.socket], None]) -> None:
    with listening(serve) as port, session(port) as smtp:
        with pytest.raises(SMTPServerDisconnected):
            smtp.noop()
        assert smtp.sock is None


def test_the_source_address_is_bound() -> None:
    peers = []

    def serve(connection: socket.socket) -> None:
        peers.append(connection.getpeername()[0])
        dialogue(connection, "S: 220 ready", "C: QUIT", "S: 221 bye")

    with listening(serve) as port, SMTP("127.0.0.1", port, source_address=("127.0.0.9", 0)):
        pass
    assert peers == ["127.0.0.9"]


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
@pytest.mark.parametrize("form", ["::1", "[::1]", "[::1]:{}"])
def test_an_ipv6_address_may_be_bare_or_in_brackets(form: str) -> None:
    serve = lambda connection: dialogue(connection, "S: 220 ready", "C: QUIT", "S: 221 bye")  # noqa: E731
    with listening(serve, "::1") as port, session(port, host=form.format(port)):
        pass


def test_a_port_where_nobody_listens_is_an_error_of_the_system() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        session(port)


def test_not_an_octet_is_sent_before_the_greeting_is_complete() -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(b"220-wait\r\n")
        connection.settimeout(0.1)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(10)
        dialogue(connection, "S: 220 ready", "C: QUIT", "S: 221 bye")

    with listening(serve) as port, session(port):
        pass
