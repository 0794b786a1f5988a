"""Against aiosmtpd: SMTP with AUTH and STARTTLS, and LMTP."""

from __future__ import annotations

import ssl
from email.message import EmailMessage
from typing import Any

import pytest
import trustme

from reference_client import LMTP, SMTP, SMTP_SSL, SMTPAuthenticationError, SMTPRecipientsRefused
from tests.reference_client.peers.aiosmtpd_servers import PASSWORD, USER, aiosmtpd_server, authenticate

MESSAGE = b"Subject: dots\r\n\r\n.\r\n..\r\n.two\r\nlast without a line end"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_a_message_arrives_octet_for_octet() -> None:
    with aiosmtpd_server() as (port, mailbox), SMTP("127.0.0.1", port, timeout=10) as smtp:
        assert smtp.sendmail("a@b.example", ["c@d.example", "e@refused.example"], MESSAGE) == {
            "e@refused.example": (550, b"5.1.1 no such user")
        }
    assert mailbox.contents == [MESSAGE + b"\r\n"]
    assert (mailbox.envelopes[0].mail_from, mailbox.envelopes[0].rcpt_tos) == ("a@b.example", ["c@d.example"])


def test_a_large_message_arrives_octet_for_octet() -> None:
    message = b"".join(b".%d %s\r\n" % (i, b"x" * (i % 70)) for i in range(200_000))
    with aiosmtpd_server(data_size_limit=None) as (port, mailbox), SMTP("127.0.0.1", port, timeout=30) as smtp:
        smtp.sendmail("a@b.example", "c@d.example", message)
        smtp.sendmail("a@b.example", "c@d.example", message.decode().replace("\r\n", "\n"))
    assert mailbox.contents == [message, message]


@pytest.mark.parametrize("mechanisms", [{"LOGIN"}, {"PLAIN"}, set()])
@pytest.mark.parametrize("initial_response_ok", [True, False])
def test_login_under_starttls(
    mechanisms: set[str], authority: trustme.CA, trusting: ssl.SSLContext, *, initial_response_ok: bool
) -> None:
    options: dict[str, Any] = {"auth_exclude_mechanism": {"LOGIN", "PLAIN"} - mechanisms} if mechanisms else {}
    server = aiosmtpd_server(
        authority, authenticator=authenticate, auth_required=True, require_starttls=True, **options
    )
    with server as (port, mailbox), SMTP("127.0.0.1", port, timeout=10) as smtp:
        smtp.starttls(context=trusting)
        with pytest.raises(SMTPAuthenticationError):
            smtp.login(USER, "wrong")
        smtp.login(USER, PASSWORD, initial_response_ok=initial_response_ok)
        smtp.sendmail("a@b.example", "c@d.example", MESSAGE)
    assert mailbox.contents == [MESSAGE + b"\r\n"]
    assert mailbox.sessions[0].authenticated
    assert mailbox.sessions[0].ssl is not None


def test_implicit_tls(authority: trustme.CA, trusting: ssl.SSLContext) -> None:
    server = aiosmtpd_server(authority, implicit_tls=True)
    with server as (port, mailbox), SMTP_SSL("127.0.0.1", port, timeout=10, context=trusting) as smtp:
        smtp.sendmail("a@b.example", "c@d.example", MESSAGE)
    assert mailbox.contents == [MESSAGE + b"\r\n"]


def test_an_international_message() -> None:
    message = EmailMessage()
    message["From"] = "é@b.example"
    message["To"] = "Ü <ü@d.example>"
    message["Bcc"] = "secret@d.example"
    message.set_content("naïve\n")
    with aiosmtpd_server(enable_SMTPUTF8=True) as (port, mailbox), SMTP("127.0.0.1", port, timeout=10) as smtp:
        assert smtp.send_message(message) == {}
    envelope = mailbox.envelopes[0]
    assert (envelope.mail_from, envelope.rcpt_tos) == ("é@b.example", ["ü@d.example", "secret@d.example"])
    assert {"SMTPUTF8", "BODY=8BITMIME"} < set(envelope.mail_options)
    assert "From: é@b.example\r\n".encode() in mailbox.contents[0]
    assert b"secret" not in mailbox.contents[0]


def test_a_session_goes_on_after_refusals_and_reconnects() -> None:
    with aiosmtpd_server() as (port, mailbox):
        smtp = SMTP("127.0.0.1", port, timeout=10)
        for _ in range(2):
            with pytest.raises(SMTPRecipientsRefused):
                smtp.sendmail("a@b.example", "e@refused.example", MESSAGE)
            smtp.sendmail("a@b.example", "c@d.example", MESSAGE)
            assert smtp.quit()[0] == 221
            smtp.connect("127.0.0.1", port)
        smtp.quit()
    assert len(mailbox.contents) == 2


def test_lmtp() -> None:
    """aiosmtpd has one reply for all recipients, against RFC 2033 4.2; so there is one here."""
    with aiosmtpd_server(lmtp=True) as (port, mailbox), LMTP("127.0.0.1", port, timeout=10) as lmtp:
        assert lmtp.sendmail("a@b.example", ["c@d.example", "e@refused.example"], MESSAGE) == {
            "e@refused.example": (550, b"5.1.1 no such user")
        }
        assert lmtp.noop()[0] == 250
    assert mailbox.contents == [MESSAGE + b"\r\n"]
