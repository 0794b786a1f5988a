from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import pytest

from reference_client import (
    LMTP,
    SMTP,
    SMTP_SSL,
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from tests.reference_client.scripted import EOF, RESET, SILENCE, ScriptedSocket, connecting_to, hello, server

if TYPE_CHECKING:
    from pathlib import Path


def construct(*script: str, octets_at_a_time: int = 65536) -> SMTP:
    sock = ScriptedSocket(script, octets_at_a_time=octets_at_a_time)
    try:
        return connecting_to(sock)("mail.example", local_hostname="me.example")
    finally:
        sock.check()


class Recording(SMTP):
    """Connects nowhere; remembers what it was asked to connect to."""

    dialled: tuple[str, int, float | None]

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        self.dialled = (host, port, timeout)
        raise ConnectionRefusedError


def dialled(smtp: Recording, *args: object) -> tuple[str, int]:
    with pytest.raises(ConnectionRefusedError):
        smtp.connect(*args)  # type: ignore[arg-type]
    return smtp.dialled[:2]


class TestTheGreeting:
    def test_of_220_opens_the_session(self) -> None:
        assert construct("S: 220 ready").sock is not None

    @pytest.mark.parametrize("octets_at_a_time", [1, 2, 3])
    def test_may_come_in_any_pieces(self, octets_at_a_time: int) -> None:
        construct("S: 220-one", "S: 220 two", octets_at_a_time=octets_at_a_time)

    def test_of_another_2yz_is_a_success_code_too(self) -> None:
        construct("S: 250 hello")

    @pytest.mark.parametrize(("code", "text"), [(554, b"no service"), (450, b"later"), (300, b"what")])
    def test_that_refuses_raises_with_its_code_after_quit(self, code: int, text: bytes) -> None:
        with pytest.raises(SMTPConnectError) as caught:
            construct(f"S: {code} {text.decode()}", "C: QUIT")
        assert (caught.value.smtp_code, caught.value.smtp_error) == (code, text)

    def test_of_421_raises_and_nothing_is_sent(self) -> None:
        with pytest.raises(SMTPConnectError) as caught:
            construct("S: 421 full")
        assert caught.value.smtp_code == 421

    @pytest.mark.parametrize(("line", "code"), [("BLAH foobar", -1), ("", -1), ("666 evil", 666), ("100 odd", 100)])
    def test_that_is_no_reply_raises_and_nothing_is_sent(self, line: str, code: int) -> None:
        with pytest.raises(SMTPConnectError) as caught:
            construct(f"S: {line}")
        assert caught.value.smtp_code == code

    @pytest.mark.parametrize("fault", [EOF, RESET])
    @pytest.mark.parametrize("before", [[], [server(b"220 re")], ["S: 220-ready"]])
    def test_that_is_cut_off_is_a_lost_connection(self, fault: str, before: list[str]) -> None:
        with pytest.raises(SMTPServerDisconnected):
            construct(*before, fault)

    @pytest.mark.parametrize("before", [[], ["S: 220-ready"]])
    def test_that_does_not_come_is_a_timeout(self, before: list[str]) -> None:
        with pytest.raises(socket.timeout) as caught:
            construct(*before, SILENCE)
        assert isinstance(caught.value, SMTPServerDisconnected)

    def test_that_never_ends_is_cut_off(self) -> None:
        with pytest.raises(SMTPResponseException) as caught:
            construct(server(b"2" * 8192))
        assert isinstance(caught.value, SMTPServerDisconnected)
        assert isinstance(caught.value.smtp_error, bytes)

    def test_is_returned_by_connect_also_when_it_refuses(self) -> None:
        sock = ScriptedSocket(["S: 554-no", "S: 554 service"])
        smtp = connecting_to(sock)()
        assert smtp.connect("mail.example") == (554, b"no\nservice")
        smtp.close()
        sock.check()


class TestConnect:
    def test_strips_a_port_from_the_host(self) -> None:
        assert dialled(Recording(), "mail.example:587") == ("mail.example", 587)

    def test_dials_the_local_host_without_arguments(self) -> None:
        assert dialled(Recording()) == ("localhost", 25)

    def test_is_called_by_the_constructor_with_what_it_was_given(self) -> None:
        calls = []

        class Session(SMTP):
            def connect(self, *args: object) -> tuple[int, bytes]:
                calls.append(args)
                return 220, b""

        Session("mail.example", 587)
        Session("", 587)
        assert calls == [("mail.example", 587)]

    @pytest.mark.parametrize(("kind", "port"), [(SMTP, 25), (SMTP_SSL, 465), (LMTP, 2003)])
    def test_dials_the_port_of_its_class(self, kind: type[SMTP], port: int, monkeypatch: pytest.MonkeyPatch) -> None:
        calls = []

        def refuse(address: tuple[str, int], *_: object) -> None:
            calls.append(address)
            raise ConnectionRefusedError

        monkeypatch.setattr(socket, "create_connection", refuse)
        with pytest.raises(ConnectionRefusedError):
            kind().connect("mail.example")
        with pytest.raises(ConnectionRefusedError):
            kind("mail.example")
        with pytest.raises(ConnectionRefusedError):
            kind("mail.example:77")
        assert calls == [("mail.example", port), ("mail.example", port), ("mail.example", 77)]

    def test_hands_the_source_address_and_timeout_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        calls = []

        def refuse(*args: object) -> None:
            calls.append(args)
            raise ConnectionRefusedError

        monkeypatch.setattr(socket, "create_connection", refuse)
        with pytest.raises(ConnectionRefusedError):
            SMTP("mail.example", timeout=3, source_address=("192.0.2.1", 0))
        assert calls == [(("mail.example", 25), 3, ("192.0.2.1", 0))]

    @pytest.mark.parametrize("host", ["mail.example:smtp", "mail.example:99999"])
    def test_refuses_a_port_that_is_none_before_dialling(self, host: str) -> None:
        smtp = Recording()
        with pytest.raises(OSError, match="port"):
            smtp.connect(host)
        assert not hasattr(smtp, "dialled")

    def test_keeps_a_source_address_of_its_own_for_later(self) -> None:
        smtp = Recording(source_address=("192.0.2.1", 0))
        assert dialled(smtp, "mail.example", 25, ("192.0.2.2", 0)) == ("mail.example", 25)
        assert smtp.source_address == ("192.0.2.2", 0)

    def test_refuses_a_timeout_of_zero_before_dialling(self) -> None:
        smtp = Recording(timeout=0)
        with pytest.raises(ValueError, match="timeout"):
            smtp.connect("mail.example")
        assert not hasattr(smtp, "dialled")

    def test_lets_an_error_of_the_system_through(self) -> None:
        with pytest.raises(ConnectionRefusedError):
            Recording("mail.example")

    def test_a_second_time_begins_a_new_session_with_the_old_one_closed(self) -> None:
        first = ScriptedSocket(["S: 220 first", *hello("SIZE 1000", "AUTH PLAIN")])
        second = ScriptedSocket(
            [
                "S: 220 second",
                *hello("8BITMIME"),
                "C: MAIL FROM:<a@b.example>",
                "S: 250 ok",
                "C: RCPT TO:<c@d.example>",
                "S: 550 no",
                "C: RSET",
                "S: 250 ok",
            ]
        )
        smtp = connecting_to(first)("mail.example", local_hostname="me.example")
        smtp.ehlo()
        smtp.__class__ = connecting_to(second)
        smtp.connect("mail.example")
        assert first.is_closed
        assert smtp.esmtp_features == {}
        with pytest.raises(SMTPException):
            smtp.sendmail("a@b.example", "c@d.example", "x")
        first.check()
        second.check()


class TestTheLocalHostName:
    @pytest.fixture
    def fqdn(self, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
        monkeypatch.setattr(socket, "gethostname", lambda: "host")
        monkeypatch.setattr(socket, "gethostbyname", {"host": "192.0.2.7"}.__getitem__)
        return monkeypatch

    def test_is_the_one_given(self) -> None:
        assert SMTP(local_hostname="me.example").local_hostname == "me.example"

    def test_is_the_fully_qualified_one_of_the_host(self, fqdn: pytest.MonkeyPatch) -> None:
        fqdn.setattr(socket, "getfqdn", lambda: "host.example")
        assert SMTP().local_hostname == "host.example"

    def test_is_an_address_literal_where_there_is_none(self, fqdn: pytest.MonkeyPatch) -> None:
        fqdn.setattr(socket, "getfqdn", lambda: "host")
        assert SMTP().local_hostname == "[192.0.2.7]"

    def test_is_the_loopback_address_where_the_host_has_no_address(self, fqdn: pytest.MonkeyPatch) -> None:
        def fail(_: str) -> str:
            raise OSError

        fqdn.setattr(socket, "getfqdn", lambda: "host")
        fqdn.setattr(socket, "gethostbyname", fail)
        assert SMTP().local_hostname == "[127.0.0.1]"


class TestWithoutAConnection:
    @pytest.mark.parametrize(
        "call",
        [
            lambda smtp: smtp.noop(),
            lambda smtp: smtp.docmd("NOOP"),
            lambda smtp: smtp.putcmd("NOOP"),
            lambda smtp: smtp.getreply(),
            lambda smtp: smtp.send(b"NOOP\r\n"),
            lambda smtp: smtp.ehlo(),
            lambda smtp: smtp.quit(),
            lambda smtp: smtp.starttls(),
            lambda smtp: smtp.login("user", "password"),
            lambda smtp: smtp.sendmail("a@b.example", "c@d.example", "x"),
            lambda smtp: smtp.data("x"),
        ],
    )
    @pytest.mark.parametrize("kind", [SMTP, SMTP_SSL, LMTP])
    def test_everything_says_so(self, kind: type[SMTP], call: object) -> None:
        assert callable(call)
        with pytest.raises(SMTPServerDisconnected):
            call(kind())

    def test_closing_and_leaving_a_block_are_harmless(self) -> None:
        with SMTP() as smtp:
            smtp.close()
        smtp.close()


class TestLMTPOverAUnixSocket:
    def test_takes_an_absolute_path_for_the_host(self, tmp_path: Path) -> None:
        path = str(tmp_path / "lmtp")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            client = LMTP(timeout=0.01)
            with pytest.raises(TimeoutError):  # connected, but there is no greeting
                client.connect(path)
            peer, _ = listener.accept()
            peer.close()
        assert client.sock is None

    def test_lets_the_error_through_if_nobody_listens(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            LMTP(str(tmp_path / "nobody"))

    def test_takes_a_relative_path_for_a_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(socket, "create_connection", lambda address, *_: pytest.fail(f"dialled {address}"))
        with pytest.raises(pytest.fail.Exception, match="run/lmtp"):
            LMTP("run/lmtp")


def test_a_module_for_programs_is_imported_without_email_and_ssl() -> None:
    import subprocess  # noqa: PLC0415

    code = "import sys, reference_client; print(sorted({'ssl', 'email', 'hmac', 'typing'} & set(sys.modules)))"
    path = [p for p in sys.path if p]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
