"""The mail server without rules is well-behaved: it does what RFC 5321, RFC 2033 and the extensions ask of a server."""

from __future__ import annotations

import base64
import hmac
import threading
from collections.abc import Iterator

import pytest

from fake_servers import Certificate, limits
from fake_servers.mail_server import MailServer
from fake_servers.manners import Conduct
from fake_servers.steps import Transport
from tests.fake_servers.wire_client import PATIENCE, WireClient

CONTENT = b"Subject: hi\r\n\r\nA line.\r\n"
NUL, CTRL_A = "\0", "\1"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def client(server: MailServer) -> Iterator[WireClient]:
    with WireClient(server) as client:
        yield client.begin()


def test_it_offers_what_a_server_of_today_offers(server: MailServer) -> None:
    with WireClient(server) as client:
        assert client.line() == "220 fake.example.test ESMTP ready"
        client.send("EHLO client.example.org\r\n")
        offered = [client.line()[4:] for _ in range(9)]
    assert offered[1:] == [
        f"SIZE {limits.MESSAGE_OCTETS}",
        "PIPELINING",
        "8BITMIME",
        "SMTPUTF8",
        "DSN",
        "ENHANCEDSTATUSCODES",
        "STARTTLS",
        "AUTH PLAIN LOGIN CRAM-MD5",
    ]


def test_a_message_is_there_as_soon_as_the_client_knows(server: MailServer, client: WireClient) -> None:
    for number in range(1, 21):
        client.mail(b"Subject: %d\r\n\r\n..dot\r\n" % number)
        assert [message.subject for message in server.messages] == [str(one) for one in range(1, number + 1)]
    assert server.messages[0].raw == b"Subject: 1\r\n\r\n.dot\r\n"
    assert server.messages[0].text.strip() == ".dot"


def test_a_message_knows_its_envelope_and_its_session(server: MailServer, client: WireClient) -> None:
    client.say("MAIL FROM:<alice@example.com> SIZE=30 BODY=8BITMIME RET=HDRS")
    client.say("RCPT TO:<bob@example.com> NOTIFY=NEVER")
    client.say("RCPT TO:<refused@example.com> FOO=1")
    client.say("RCPT TO:<carol@example.com>")
    client.say("DATA")
    client.send(CONTENT + b".\r\n")
    client.reply()
    message = server.message
    assert (message.sender, message.recipients) == ("alice@example.com", ("bob@example.com", "carol@example.com"))
    assert message.sender_parameters == {"SIZE": "30", "BODY": "8BITMIME", "RET": "HDRS"}
    assert message.recipient_parameters == ({"NOTIFY": "NEVER"}, {})
    assert (message.session.protocol, message.session.hello) == ("ESMTP", "client.example.org")
    assert (message.session.tls, message.session.user) == ("", "")
    assert message.session.source_port == client.socket.getsockname()[1]


def test_starttls_forgets_what_was_said_in_clear(server: MailServer, client: WireClient) -> None:
    """RFC 3207 section 4.2: the server knows nothing any more, and no longer offers STARTTLS."""
    assert client.say("STARTTLS") == "220 2.0.0 Begin TLS"
    client.negotiate(server.client_context())
    assert client.say("MAIL FROM:<a@example.com>").startswith("503 5.5.1")
    client.send("EHLO client.example.org\r\n")
    assert "STARTTLS" not in [client.line()[4:] for _ in range(8)]
    client.mail(CONTENT)
    assert server.message.session.tls.startswith("TLSv1.")
    assert server.message.session.server_name == "localhost"


def test_implicit_tls_comes_before_the_greeting() -> None:
    with MailServer(transport=Transport.TLS) as server, WireClient(server) as client:
        client.negotiate(server.client_context()).begin()
        client.mail(CONTENT)
        assert server.message.session.tls.startswith("TLSv1.")


def _encoded(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _answer(client: WireClient, mechanism: str, user: str, password: str) -> str:
    match mechanism:
        case "PLAIN":
            return client.say(f"AUTH PLAIN {_encoded(NUL.join(['', user, password]).encode())}")
        case "LOGIN":
            client.say("AUTH LOGIN")
            client.say(_encoded(user.encode()))
            return client.say(_encoded(password.encode()))
        case "XOAUTH2":
            return client.say(
                f"AUTH XOAUTH2 {_encoded(CTRL_A.join([f'user={user}', f'auth=Bearer {password}', '', '']).encode())}"
            )
    challenge = base64.b64decode(client.say("AUTH CRAM-MD5").removeprefix("334 "))
    digest = hmac.new(password.encode(), challenge, "md5").hexdigest()
    return client.say(_encoded(f"{user} {digest}".encode()))


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"])
def test_only_the_right_password_lets_in(mechanism: str) -> None:
    conduct = Conduct(users={"alice": "secret"}, mechanisms=(mechanism,))
    with MailServer(conduct) as server:
        for user, password, code in (("alice", "wrong", "535"), ("bob", "secret", "535"), ("alice", "secret", "235")):
            with WireClient(server) as client:
                assert _answer(client.begin(), mechanism, user, password)[:3] == code
                client.mail(CONTENT)
        assert [message.session.user for message in server.messages] == ["", "", "alice"]
        assert server.messages[-1].session.mechanism == mechanism


def test_without_users_everybody_is_let_in(client: WireClient) -> None:
    assert _answer(client, "CRAM-MD5", "whoever", "whatever") == "235 2.7.0 Welcome"


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("AUTH KERBEROS", "504 5.5.4"),
        ("AUTH PLAIN ????", "501 5.5.2"),
        ("AUTH PLAIN YQ==", "501 5.5.2"),
        ("NONSENSE", "500 5.5.2"),
        ("LHLO x", "500 5.5.1"),
        ("EHLO", "501 5.5.4"),
        ("RCPT TO:<b@example.com>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
        ("MAIL FROM:a@example.com", "501 5.5.4"),
        ("MAIL FROM:<a@example.com> FOO=1", "555 5.5.4"),
        ("MAIL FROM:<a@example.com> SIZE=99999999999", "552 5.3.4"),
        ("MAIL FROM:<ä@example.com>", "553 5.6.7"),
        ("MAIL FROM:<ä@example.com> SMTPUTF8", "250 2.1.0"),
        ("MAIL FROM:<>", "250 2.1.0"),
        ("VRFY bob", "252 2.5.0"),
        ("HELP", "214 2.0.0"),
        ("NOOP", "250 2.0.0"),
        ("RSET now", "501 5.5.4"),
    ],
)
def test_each_command_has_its_reply(client: WireClient, line: str, reply: str) -> None:
    assert client.say(line)[: len(reply)] == reply


def test_a_cancelled_authentication_is_over(client: WireClient) -> None:
    """RFC 4954 section 4: a single asterisk cancels."""
    client.say("AUTH LOGIN")
    assert client.say("*") == "501 5.7.0 Cancelled"
    assert client.say("NOOP").startswith("250")


def test_a_submission_server_wants_tls_and_authentication() -> None:
    with MailServer(Conduct(requires_tls=True, requires_authentication=True)) as server, WireClient(server) as client:
        client.begin()
        assert client.say("MAIL FROM:<a@example.com>") == "530 5.7.0 STARTTLS first"
        assert client.say("AUTH PLAIN AGEAYg==") == "538 5.7.11 STARTTLS first"
        client.say("STARTTLS")
        client.negotiate(server.client_context())
        client.say("EHLO client.example.org")
        assert client.say("MAIL FROM:<a@example.com>") == "530 5.7.0 Authentication required"
        assert client.say("AUTH PLAIN AGEAYg==") == "235 2.7.0 Welcome"
        assert client.say("MAIL FROM:<a@example.com>").startswith("250")


def test_a_message_that_is_too_large_is_refused_and_not_held() -> None:
    with MailServer(Conduct(size=1000)) as server, WireClient(server) as client:
        client.begin()
        assert client.mail(b"x" * 998 + b"\r\n").startswith("250")
        assert client.mail(b"x" * 999 + b"\r\n") == "552 5.3.4 At most 1000 octets"
        assert client.mail(b"line\r\n" * 200_000) == "552 5.3.4 At most 1000 octets"
        assert client.mail(CONTENT).startswith("250")
        assert [len(message.raw) for message in server.messages] == [1000, len(CONTENT)]


def test_lmtp_answers_for_each_recipient() -> None:
    """RFC 2033 section 4.2; DATA without a recipient gets 503."""
    with MailServer(Conduct(lmtp=True), transport=Transport.UNIX) as server, WireClient(server) as client:
        client.begin("LHLO client.example.org")
        assert client.say("EHLO client.example.org").startswith("500")
        client.say("MAIL FROM:<alice@example.com>")
        assert client.say("DATA").startswith("503")
        client.say("RCPT TO:<bob@example.com>")
        client.say("RCPT TO:<carol@example.com>")
        client.say("DATA")
        client.send(CONTENT + b".\r\n")
        assert [client.reply(), client.reply()] == ["250 2.0.0 Taken"] * 2
        assert server.message.session.protocol == "LMTP"
        assert server.transcript.breaches[0].rule == "greeting-command-of-the-protocol"


def test_pipelined_commands_are_answered_in_order(server: MailServer, client: WireClient) -> None:
    client.send("MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nRCPT TO:<>\r\nDATA\r\n")
    assert [client.reply()[:3] for _ in range(4)] == ["250", "250", "501", "354"]
    client.send(CONTENT + b".\r\n")
    client.reply()
    assert server.message.recipients == ("b@example.com",)
    assert server.transcript.breaches == []


def test_another_certificate_is_shown_where_a_rule_says_so(server: MailServer, client: WireClient) -> None:
    server.rule("tls", certificate=Certificate.WRONG_HOST)
    client.say("STARTTLS")
    with pytest.raises(OSError, match="certificate"):
        client.negotiate(server.client_context())


def test_a_client_that_says_nothing_is_told_so_and_left() -> None:
    with MailServer(Conduct(patience=0.05)) as server, WireClient(server) as client:
        client.begin()
        assert client.to_end() == b"421 4.4.2 Nothing came for too long\r\n"


def test_more_connections_than_allowed_are_turned_away() -> None:
    with MailServer(connections=1) as server, WireClient(server) as one, WireClient(server) as other:
        one.begin()
        assert other.reply() == "421 4.3.2 Too many connections"
        assert one.say("NOOP").startswith("250")


def test_many_connections_are_served_at_once() -> None:
    with MailServer() as server:
        clients = [WireClient(server) for _ in range(200)]
        for client in clients:
            client.begin()
        for client in clients:
            client.mail(CONTENT)
            client.close()
        assert len(server.wait_for(messages=200)) == 200


def test_waiting_for_messages_ends_when_they_are_there(server: MailServer) -> None:
    def send() -> None:
        with WireClient(server) as client:
            client.begin().mail(CONTENT)
            client.mail(CONTENT)

    sender = threading.Thread(target=send)
    sender.start()
    assert len(server.wait_for(messages=2, timeout=PATIENCE)) == 2
    sender.join()


def test_waiting_in_vain_shows_the_dialogue(server: MailServer, client: WireClient) -> None:
    client.say("MAIL FROM:<alice@example.com>")
    with pytest.raises(AssertionError, match=r"1 message expected within 0\.01 s; there are 0 messages") as caught:
        server.wait_for(messages=1, timeout=0.01)
    assert "  C: MAIL FROM:<alice@example.com>\n  S: 250 2.1.0 Sender is fine" in str(caught.value)
    with pytest.raises(AssertionError, match="one message was expected, there are 0"):
        _ = server.message


def test_what_was_cut_is_told(server: MailServer, client: WireClient) -> None:
    client.say("MAIL FROM:<alice@example.com>")
    server.stop()
    assert server.cut == ["connection 1, after S: 250 2.1.0 Sender is fine"]
