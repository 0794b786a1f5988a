from __future__ import annotations

import select
import socket
import ssl
import sys
import warnings
from typing import TYPE_CHECKING

import pytest
import trustme

from reference_client import (
    LMTP,
    SMTP,
    SMTP_SSL,
    SMTPException,
    SMTPNotSupportedError,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from tests.reference_client.listening import dialogue, listening, reset
from tests.reference_client.scripted import EOF, SILENCE, introduced, playing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GREETING = ("S: 220 ready", "C: EHLO me.example")
OFFER = ("S: 250-mail.example", "S: 250-AUTH PLAIN", "S: 250 STARTTLS")
START = (*GREETING, *OFFER, "C: STARTTLS")
AFTER = ("C: EHLO me.example", "S: 250-mail.example", "S: 250 SIZE", "C: QUIT", "S: 221 bye")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """A context for clients that knows the authority and checks names."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(autouse=True)
def _localhost_is_on_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.create_connection
    monkeypatch.setattr(
        socket,
        "create_connection",
        lambda address, *args: real((address[0].replace("localhost", "127.0.0.1"), address[1]), *args),
    )


def under_starttls(context: ssl.SSLContext, *script: str) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        dialogue(connection, *START, "S: 220 go")
        with context.wrap_socket(connection, server_side=True) as secured:
            dialogue(secured, *script)

    return serve


def under_tls(context: ssl.SSLContext, *script: str) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            dialogue(secured, *script)

    return serve


def refused_by_the_client(context: ssl.SSLContext, *script: str) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        dialogue(connection, *script)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            context.wrap_socket(connection, server_side=True).recv(1)

    return serve


def session(port: int, host: str = "localhost", **arguments: object) -> SMTP:
    return SMTP(host, port, "me.example", timeout=10, **arguments)  # type: ignore[arg-type]


class TestStarttls:
    def test_forgets_what_was_learnt_and_goes_on_under_tls(
        self, server_context: ssl.SSLContext, trusting: ssl.SSLContext
    ) -> None:
        with listening(under_starttls(server_context, *AFTER)) as port, session(port) as smtp:
            assert smtp.starttls(context=trusting) == (220, b"go")
            assert isinstance(smtp.sock, ssl.SSLSocket)
            assert (smtp.does_esmtp, smtp.esmtp_features, smtp.ehlo_resp, smtp.helo_resp) == (False, {}, None, None)
            smtp.ehlo_or_helo_if_needed()
            assert smtp.esmtp_features == {"size": ""}

    def test_takes_session_tickets_for_no_reply(self, server_context: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
        """RFC 8446 4.6.1: they come behind the negotiation, and hold nothing of ours."""
        with listening(under_starttls(server_context, *AFTER)) as port, session(port) as smtp:
            smtp.starttls(context=trusting)
            assert smtp.sock is not None
            assert select.select([smtp.sock], [], [], 10)[0], "the server sent no session tickets"
            assert smtp.ehlo()[0] == 250
            assert smtp.sock.gettimeout() == 10

    def test_without_a_context_verifies_nothing(self, server_context: ssl.SSLContext) -> None:
        with listening(under_starttls(server_context, *AFTER)) as port, session(port, "127.0.0.1") as smtp:
            smtp.starttls()
            smtp.ehlo()

    @pytest.mark.parametrize("late", [False, True])
    @pytest.mark.parametrize("form", ["localhost", "localhost:{}"])
    def test_checks_the_name_without_the_port_also_after_a_late_connect(
        self, form: str, server_context: ssl.SSLContext, trusting: ssl.SSLContext, *, late: bool
    ) -> None:
        names = []
        server_context.sni_callback = lambda _sock, name, _context: names.append(name)
        with listening(under_starttls(server_context, *AFTER)) as port:
            smtp = SMTP("" if late else form.format(port), port, "me.example", timeout=10)
            if late:
                smtp.connect(form.format(port), port)
            with smtp:
                smtp.starttls(context=trusting)
                smtp.ehlo()
        assert names == ["localhost"]

    def test_refuses_a_certificate_for_another_name(
        self, server_context: ssl.SSLContext, trusting: ssl.SSLContext
    ) -> None:
        serve = refused_by_the_client(server_context, *START, "S: 220 go")
        with listening(serve) as port, session(port, "127.0.0.1") as smtp:
            with pytest.raises(ssl.SSLCertVerificationError):
                smtp.starttls(context=trusting)
            assert smtp.sock is None
            assert smtp.esmtp_features == {}
            with pytest.raises(SMTPServerDisconnected):
                smtp.noop()

    def test_refuses_an_unknown_authority(self, server_context: ssl.SSLContext) -> None:
        serve = refused_by_the_client(server_context, *START, "S: 220 go")
        with listening(serve) as port, session(port) as smtp:
            with pytest.raises(ssl.SSLCertVerificationError):
                smtp.starttls(context=ssl.create_default_context())
            assert smtp.sock is None

    def test_shows_the_certificate_of_the_deprecated_files(
        self, authority: trustme.CA, server_context: ssl.SSLContext, tmp_path: Path
    ) -> None:
        server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(server_context)
        authority.configure_trust(server_context)
        server_context.verify_mode = ssl.CERT_REQUIRED
        own = authority.issue_cert("client.example")
        keyfile, certfile = str(tmp_path / "key"), str(tmp_path / "chain")
        own.private_key_pem.write_to_path(keyfile)
        own.cert_chain_pems[0].write_to_path(certfile)
        with listening(under_starttls(server_context, *AFTER)) as port, session(port) as smtp:
            with pytest.warns(DeprecationWarning, match="context") as caught:
                smtp.starttls(keyfile, certfile)
            assert caught[0].filename == __file__
            smtp.ehlo()
        with listening(under_tls(server_context, "S: 220 ready", "C: QUIT", "S: 221 bye")) as port:
            with pytest.warns(DeprecationWarning, match="context") as caught:
                secured = SMTP_SSL("localhost", port, "me.example", keyfile, certfile, 10)
            assert caught[0].filename == __file__
            secured.quit()

    @pytest.mark.parametrize("after", [b"250 forged\r\n", b"250-mail\r\n250 AUTH PLAIN\r\n", b"250 half"])
    def test_forgets_plaintext_that_was_sent_behind_the_220(
        self, after: bytes, server_context: ssl.SSLContext, trusting: ssl.SSLContext
    ) -> None:
        def serve(connection: socket.socket) -> None:
            dialogue(connection, *START)
            connection.sendall(b"220 go\r\n" + after)
            with server_context.wrap_socket(connection, server_side=True) as secured:
                dialogue(secured, *AFTER)

        with listening(serve) as port, session(port) as smtp:
            smtp.starttls(context=trusting)
            assert smtp.ehlo() == (250, b"mail.example\nSIZE")

    def test_does_not_take_plaintext_for_tls(self, trusting: ssl.SSLContext) -> None:
        def serve(connection: socket.socket) -> None:
            dialogue(connection, *START, "S: 220 go")
            connection.recv(1)
            connection.sendall(b"250 forged\r\n" * 100)
            connection.recv(65536)

        with listening(serve) as port, session(port) as smtp:
            with pytest.raises((ssl.SSLError, SMTPServerDisconnected)):
                smtp.starttls(context=trusting)
            assert smtp.sock is None

    def test_that_is_cut_off_by_a_reset_is_a_lost_connection(self, trusting: ssl.SSLContext) -> None:
        def serve(connection: socket.socket) -> None:
            dialogue(connection, *START, "S: 220 go")
            connection.recv(1)
            reset(connection)

        with listening(serve) as port, session(port) as smtp:
            with pytest.raises(SMTPServerDisconnected):
                smtp.starttls(context=trusting)
            assert smtp.sock is None

    def test_that_is_cut_off_by_the_end_is_an_error_that_closes(self, trusting: ssl.SSLContext) -> None:
        with listening(lambda connection: dialogue(connection, *START, "S: 220 go")) as port, session(port) as smtp:
            with pytest.raises((ssl.SSLError, SMTPServerDisconnected)):
                smtp.starttls(context=trusting)
            assert smtp.sock is None

    def test_that_is_met_with_silence_is_a_timeout(self, trusting: ssl.SSLContext) -> None:
        def serve(connection: socket.socket) -> None:
            dialogue(connection, *START, "S: 220 go")
            while connection.recv(65536):
                pass

        with listening(serve) as port, SMTP("localhost", port, "me.example", timeout=0.2) as smtp:
            with pytest.raises(TimeoutError):
                smtp.starttls(context=trusting)
            assert smtp.sock is None


class TestStarttlsInPlaintext:
    @pytest.mark.parametrize("code", [454, 500, 501, 502, 503])
    def test_that_is_refused_leaves_the_session_as_it_was(self, code: int) -> None:
        with introduced("C: STARTTLS", f"S: {code} no", "C: NOOP", "S: 250 ok", offers=["STARTTLS"]) as smtp:
            with pytest.raises(SMTPResponseException) as caught:
                smtp.starttls()
            assert (caught.value.smtp_code, caught.value.smtp_error) == (code, b"no")
            assert smtp.has_extn("starttls")
            smtp.noop()

    @pytest.mark.parametrize("reply", ["250 ok", "354 go", "rubbish"])
    def test_that_is_answered_by_neither_yes_nor_no_closes(self, reply: str) -> None:
        with introduced("C: STARTTLS", f"S: {reply}", offers=["STARTTLS"]) as smtp:
            with pytest.raises(SMTPResponseException):
                smtp.starttls()
            assert smtp.sock is None

    def test_that_is_not_offered_is_not_sent(self) -> None:
        with introduced(offers=["SIZE"]) as smtp, pytest.raises(SMTPNotSupportedError):
            smtp.starttls()

    def test_after_helo_is_not_supported(self) -> None:
        script = ["C: EHLO me.example", "S: 502 no", "C: HELO me.example", "S: 250 hi"]
        with playing(*script) as smtp, pytest.raises(SMTPNotSupportedError):
            smtp.starttls()

    def test_refusals_forged_behind_a_refusal_answer_nothing(self) -> None:
        script = ["C: STARTTLS", "S:454 no\r\n235 authenticated\r\n250 ok\r\n"]
        with introduced(*script, offers=["STARTTLS", "AUTH PLAIN"]) as smtp:
            with pytest.raises(SMTPResponseException):
                smtp.starttls()
            with pytest.raises(SMTPServerDisconnected):
                smtp.login("user", "password")

    @pytest.mark.parametrize("fault", [EOF, SILENCE])
    def test_that_loses_the_connection_says_so(self, fault: str) -> None:
        with introduced("C: STARTTLS", fault, offers=["STARTTLS"]) as smtp, pytest.raises(SMTPServerDisconnected):
            smtp.starttls()


class TestArguments:
    """They are judged before anything is dialled or sent."""

    @pytest.fixture(params=["starttls", "SMTP_SSL"])
    def start(self, request: pytest.FixtureRequest) -> Iterator[Callable[..., object]]:
        with introduced("C: NOOP", "S: 250 ok", offers=["STARTTLS"]) as smtp:
            if request.param == "starttls":
                yield smtp.starttls
            else:
                yield lambda **arguments: SMTP_SSL("nowhere.invalid", **arguments)
            smtp.noop()

    @pytest.mark.parametrize("files", [{"keyfile": "k"}, {"certfile": "c"}, {"keyfile": "k", "certfile": "c"}])
    def test_a_context_excludes_the_files(self, start: Callable[..., object], files: dict[str, str]) -> None:
        with pytest.raises(ValueError, match="alternatives"):
            start(context=ssl.create_default_context(), **files)

    def test_a_key_needs_its_certificate(self, start: Callable[..., object]) -> None:
        with pytest.raises(ValueError, match="certfile"):
            start(keyfile="k")

    def test_a_file_that_cannot_be_read_is_an_error(self, start: Callable[..., object], tmp_path: Path) -> None:
        with pytest.warns(DeprecationWarning, match="context"), pytest.raises(FileNotFoundError):
            start(certfile=str(tmp_path / "nothing"))

    def test_without_tls_in_the_interpreter_there_is_a_runtimeerror(
        self, start: Callable[..., object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "ssl", None)
        with pytest.raises(RuntimeError, match="ssl"):
            start()
        monkeypatch.undo()


class TestImplicitTLS:
    @pytest.mark.parametrize("form", ["localhost", "localhost:{}"])
    def test_speaks_tls_from_the_first_octet_and_checks_the_name_without_the_port(
        self, form: str, server_context: ssl.SSLContext, trusting: ssl.SSLContext
    ) -> None:
        script = ["S: 220 ready", "C: NOOP", "S: 250 ok", "C: QUIT", "S: 221 bye"]
        with (
            listening(under_tls(server_context, *script)) as port,
            SMTP_SSL(form.format(port), port, timeout=10, context=trusting) as smtp,
        ):
            assert smtp.noop() == (250, b"ok")

    def test_can_be_connected_late(self, server_context: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
        serve = under_tls(server_context, "S: 220 ready", "C: QUIT", "S: 221 bye")
        with listening(serve) as port, SMTP_SSL(context=trusting, timeout=10) as smtp:
            assert smtp.connect("localhost", port) == (220, b"ready")

    def test_refuses_a_certificate_for_another_name(
        self, server_context: ssl.SSLContext, trusting: ssl.SSLContext
    ) -> None:
        with listening(refused_by_the_client(server_context)) as port, pytest.raises(ssl.SSLCertVerificationError):
            SMTP_SSL("127.0.0.1", port, timeout=10, context=trusting)

    def test_met_with_silence_is_a_timeout(self) -> None:
        def serve(connection: socket.socket) -> None:
            while connection.recv(65536):
                pass

        with listening(serve) as port, pytest.raises(TimeoutError):
            SMTP_SSL("localhost", port, timeout=0.2)

    @pytest.mark.parametrize("unasked", ["S: 250 stray", "S: 421 bye"])
    def test_sees_what_comes_unasked(self, unasked: str, server_context: ssl.SSLContext) -> None:
        ready = "S: 220 ready\r\n" + unasked[3:]
        with listening(under_tls(server_context, ready)) as port:
            smtp = SMTP_SSL("localhost", port, timeout=10)
            if unasked.startswith("S: 421"):
                assert smtp.noop() == (421, b"bye")
            else:
                with pytest.raises(SMTPException):
                    smtp.noop()
            assert smtp.sock is None

    def test_transfers_a_large_message(self, server_context: ssl.SSLContext) -> None:
        message = b"".join(b"%071d\r\n" % i for i in range(30_000))
        received = bytearray()

        def serve(connection: socket.socket) -> None:
            with server_context.wrap_socket(connection, server_side=True) as secured:
                dialogue(secured, "S: 220 ready", "C: DATA", "S: 354 go")
                while not received.endswith(b"\r\n.\r\n"):
                    received.extend(secured.recv(65536))
                dialogue(secured, "S: 250 ok", "C: QUIT", "S: 221 bye")

        with listening(serve) as port, SMTP_SSL("localhost", port, timeout=10) as smtp:
            assert smtp.data(message) == (250, b"ok")
        assert received == message + b".\r\n"

    def test_is_not_started_a_second_time(self, server_context: ssl.SSLContext) -> None:
        script = ["S: 220 ready", "C: EHLO me.example", *OFFER, "C: QUIT", "S: 221 bye"]
        serve = under_tls(server_context, *script)
        with (
            listening(serve) as port,
            SMTP_SSL("localhost", port, "me.example", timeout=10) as smtp,
            pytest.raises(SMTPNotSupportedError),
        ):
            smtp.starttls()

    def test_does_not_mind_an_end_without_close_notify_after_quit(self, server_context: ssl.SSLContext) -> None:
        def serve(connection: socket.socket) -> None:
            with server_context.wrap_socket(connection, server_side=True) as secured:
                dialogue(secured, "S: 220 ready", "C: QUIT", "S: 221 bye")
                secured.detach()

        with warnings.catch_warnings(), listening(serve) as port:
            warnings.simplefilter("ignore", ResourceWarning)
            assert SMTP_SSL("localhost", port, timeout=10).quit() == (221, b"bye")

    def test_refuses_plaintext_after_close_notify(self, server_context: ssl.SSLContext) -> None:
        def serve(connection: socket.socket) -> None:
            secured = server_context.wrap_socket(connection, server_side=True)
            dialogue(secured, "S: 220 ready", "C: NOOP")
            secured.settimeout(1)
            try:
                plain = secured.unwrap()
            except OSError:
                secured.close()
                return
            with plain:
                plain.sendall(b"250 forged\r\n")

        with listening(serve) as port:
            smtp = SMTP_SSL("localhost", port, timeout=10)
            with pytest.raises(SMTPServerDisconnected):
                smtp.noop()


def test_on_a_unix_socket_a_name_cannot_be_checked(tmp_path: Path) -> None:
    path = str(tmp_path / "lmtp")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        replies = iter([(220, b"ready"), (250, b"me\nSTARTTLS"), (220, b"go ahead")])

        class Session(LMTP):
            def getreply(self) -> tuple[int, bytes]:
                return next(replies)

        smtp = Session(path)
        with pytest.raises(ValueError, match="hostname"):
            smtp.starttls(context=ssl.create_default_context())
        assert smtp.sock is None
