"""Whatever a server does, calls of the reference client end, tell the truth, and leave a connection in order."""

from __future__ import annotations

import email
import socket
import ssl
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_servers import FakeServer
from fake_servers.steps import Transport
from fake_servers.transcript import End
from reference_client import LMTP, SMTP, SMTP_SSL, SMTPException, SMTPResponseException, SMTPServerDisconnected
from tests.fuzzing.oracle import Answered, accepted_recipients, answered, positive
from tests.fuzzing.profiles import quick
from tests.fuzzing.servers import TIMEOUT, RandomServer, servers

SENDER = "alice@example.com"
RECIPIENTS = ["bob@example.com", "carol@example.com", "dave@example.com"]
MESSAGE = "Subject: hi\n\n.a line\n..\n"
CLOSED_WITHIN = 5.0  # seconds until the server's kernel has the client's FIN, on a busy machine

Call = Callable[[SMTP], object]


def sendmail(smtp: SMTP) -> object:
    return smtp.sendmail(SENDER, RECIPIENTS, MESSAGE)


def send_message(smtp: SMTP) -> object:
    message = email.message_from_string(f"From: {SENDER}\nTo: {', '.join(RECIPIENTS)}\nBcc: eve@example.com\n\nhi\n")
    return smtp.send_message(message, SENDER, RECIPIENTS)


def send_large(smtp: SMTP) -> object:
    return smtp.sendmail(SENDER, RECIPIENTS, b"0123456789abcdef.\r\n" * 30_000)


def login(smtp: SMTP) -> object:
    return smtp.login("user", "password")


def starttls_and_sendmail(smtp: SMTP) -> object:
    smtp.starttls()
    return smtp.sendmail(SENDER, RECIPIENTS, MESSAGE)


def step_by_step(smtp: SMTP) -> object:
    for call in (smtp.ehlo_or_helo_if_needed, lambda: smtp.mail(SENDER), lambda: smtp.rcpt(RECIPIENTS[0])):
        call()
    smtp.data(MESSAGE)
    smtp.rset()
    return smtp.verify("bob")


SENDING = (sendmail, send_message, send_large, starttls_and_sendmail)
OVER_TCP = st.sampled_from([sendmail, sendmail, send_message, send_large, login, starttls_and_sendmail, step_by_step])


def check(chosen: RandomServer, kind: type[SMTP], call: Call) -> None:
    """Let a client meet a server, and check all that must hold of it."""
    with FakeServer(chosen.script) as server:
        smtp = kind(timeout=TIMEOUT, local_hostname="me.example")
        began = time.monotonic()
        result: object = None
        error: BaseException | None = None
        try:
            code, _ = smtp.connect(server.host, server.port)
            if positive(code):
                result = call(smtp)
        except (SMTPException, ssl.SSLError, TimeoutError) as raised:  # no other is documented for what is called here
            error = raised
        assert time.monotonic() - began < chosen.within, "the call took longer than all of its timeouts together"
        if isinstance(error, SMTPServerDisconnected | TimeoutError):
            assert smtp.sock is None, "a lost connection is a closed one: a late reply would answer the next command"
        check_connection(smtp, server, lmtp=issubclass(kind, LMTP))
        smtp.close()
        server.wait_for_end(0, CLOSED_WITHIN)
    assert server.transcript.faults == []
    said = answered(server.transcript, lmtp=issubclass(kind, LMTP))
    if call in SENDING and isinstance(result, dict):
        check_success(result, said, lmtp=issubclass(kind, LMTP))
    if call is login and isinstance(result, tuple):
        check_login(result, said)
    if isinstance(error, SMTPResponseException):
        check_reply(error, said, server)


def check_connection(smtp: SMTP, server: FakeServer, *, lmtp: bool) -> None:
    """The connection is closed, or its next reply is that to its next command."""
    if smtp.sock is None:
        if server.transcript.connections and server.transcript.connections[0].end is End.OPEN:
            assert server.wait_for_end(0, CLOSED_WITHIN) in {End.CLIENT_CLOSED, End.CLIENT_RESET, End.SERVER_CLOSED}
        return
    try:
        code, text = smtp.noop()
    except (SMTPException, ssl.SSLError):
        return
    server.wait_until_idle(CLOSED_WITHIN)
    said = answered(server.transcript, lmtp=lmtp)
    asked = [one for one in said if one.command.upper() == "NOOP"]
    if asked:  # else the 421 that was there already was the answer, and the command was not sent
        assert (asked[-1].code, asked[-1].text) == (code, text) or not 200 <= code <= 599, said
    else:
        assert code == 421, said


def check_success(refused: dict[str, tuple[int, bytes]], said: list[Answered], *, lmtp: bool) -> None:
    """Whoever is not named as refused has the mail, by the server's own word."""
    claimed = set(RECIPIENTS) - set(refused)
    assert claimed <= accepted_recipients(said, lmtp=lmtp), said
    assert claimed, "a call that returns has served somebody"


def check_login(result: tuple[int, bytes], said: list[Answered]) -> None:
    """Who is told to be logged in was told so by the server, in answer to AUTH or to a response."""
    assert result[0] in {235, 503}
    assert result in [
        (one.code, one.text) for one in said if not one.command.upper().startswith(("EHLO", "HELO", "(gr"))
    ]


def check_reply(error: SMTPResponseException, said: list[Answered], server: FakeServer) -> None:
    """A reply in an exception was sent by the server; what was no reply has a code that no server sends."""
    if 200 <= error.smtp_code <= 599:
        octets = b"".join(event.octets for event in server.transcript.events if event.kind.value == "S")
        assert b"%d" % error.smtp_code in octets or "longer than" in str(error), said


@given(servers(), OVER_TCP)
@quick(25)
def test_a_client_survives_any_server(server: RandomServer, call: Call) -> None:
    """Over TCP: each call ends in time with a documented exception or a true result, and the connection is in order."""
    check(server, SMTP, call)


@given(servers(lmtp=True), st.sampled_from([sendmail, send_message, send_large, step_by_step]))
@quick(15)
def test_an_lmtp_client_survives_any_server(server: RandomServer, call: Call) -> None:
    """Over LMTP the same, and who is not named as refused has a positive reply of its own behind the mail data."""
    check(server, LMTP, call)


@given(servers(transport=Transport.TLS), st.sampled_from([sendmail, login]))
@quick(6)
def test_a_client_under_tls_survives_any_server(server: RandomServer, call: Call) -> None:
    """Under implicit TLS the same; a negotiation that is cut is an ``ssl.SSLError`` or a lost connection."""
    check(server, SMTP_SSL, call)


def test_nobody_listening_is_an_oserror() -> None:
    """The oracle above does not count refused connections: they are ``OSError`` by the norm."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            SMTP("127.0.0.1", taken.getsockname()[1], timeout=TIMEOUT)
