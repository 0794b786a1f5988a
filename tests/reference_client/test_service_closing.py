"""A 421 ends the session wherever it comes: its reply reaches the caller, and nothing else is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reference_client import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from tests.reference_client.scripted import introduced, playing

if TYPE_CHECKING:
    from collections.abc import Callable

MAIL = "C: MAIL FROM:<a@b.example>"
OK = "S: 250 ok"
BYE = "S: 421 bye"


def rcpt(name: str) -> str:
    return f"C: RCPT TO:<{name}@d.example>"


def send(smtp: SMTP) -> object:
    return smtp.sendmail("a@b.example", ["c@d.example", "e@d.example", "f@d.example"], "x")


@pytest.mark.parametrize(
    ("command", "call"),
    [
        ("NOOP", lambda smtp: smtp.noop()),
        ("RSET", lambda smtp: smtp.rset()),
        ("XFROP", lambda smtp: smtp.docmd("XFROP")),
        ("VRFY a@b", lambda smtp: smtp.verify("a@b")),
        ("EXPN a@b", lambda smtp: smtp.expn("a@b")),
        ("EHLO me.example", lambda smtp: smtp.ehlo()),
        ("HELO me.example", lambda smtp: smtp.helo()),
        ("MAIL FROM:<>", lambda smtp: smtp.mail("")),
        ("RCPT TO:<a@b>", lambda smtp: smtp.rcpt("a@b")),
        ("QUIT", lambda smtp: smtp.quit()),
    ],
)
def test_a_method_that_returns_replies_returns_it(command: str, call: Callable[[SMTP], object]) -> None:
    with playing(f"C: {command}", BYE) as smtp:
        assert call(smtp) == (421, b"bye")
        assert smtp.sock is None


def test_to_help_it_is_text() -> None:
    with playing("C: HELP", BYE) as smtp:
        assert smtp.help() == b"bye"
        assert smtp.sock is None


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (["C: EHLO me.example", BYE], SMTPHeloError),
        (["C: EHLO me.example", "S: 502 no", "C: HELO me.example", BYE], SMTPHeloError),
        (["C: EHLO me.example", OK, MAIL, BYE], SMTPSenderRefused),
        (
            ["C: EHLO me.example", OK, MAIL, OK, *(x for c in "cef" for x in (rcpt(c), OK)), "C: DATA", BYE],
            SMTPDataError,
        ),
        (
            [
                "C: EHLO me.example",
                OK,
                MAIL,
                OK,
                *(x for c in "cef" for x in (rcpt(c), OK)),
                "C: DATA",
                "S: 354 go",
                "C: x\r\n.",
                BYE,
            ],
            SMTPDataError,
        ),
    ],
)
def test_sendmail_raises_the_exception_of_the_step(script: list[str], kind: type[SMTPResponseException]) -> None:
    with playing(*script) as smtp:
        with pytest.raises(kind) as caught:
            send(smtp)
        assert (caught.value.smtp_code, caught.value.smtp_error) == (421, b"bye")
        assert smtp.sock is None


@pytest.mark.parametrize("accepted", [[], ["c"], ["c", "e"]])
def test_to_rcpt_it_refuses_everybody(accepted: list[str]) -> None:
    """Programs take those that are not in the dictionary for served; here nobody is."""
    refused = "cef"[len(accepted)]
    script = [x for name in accepted for x in (rcpt(name), OK)]
    with introduced(MAIL, OK, *script, rcpt(refused), BYE) as smtp:
        with pytest.raises(SMTPRecipientsRefused) as caught:
            send(smtp)
        assert caught.value.recipients == {f"{name}@d.example": (421, b"bye") for name in "cef"}
        assert smtp.sock is None


def test_to_rcpt_it_leaves_the_refusals_before_it_their_own_replies() -> None:
    with introduced(MAIL, OK, rcpt("c"), "S: 550 no", rcpt("e"), BYE) as smtp:
        with pytest.raises(SMTPRecipientsRefused) as caught:
            send(smtp)
        assert caught.value.recipients["c@d.example"] == (550, b"no")
        assert caught.value.recipients["f@d.example"] == (421, b"bye")


@pytest.mark.parametrize("exchange", [["C: AUTH LOGIN dQ=="], ["C: AUTH LOGIN dQ==", "S: 334", "C: cA=="]])
def test_to_auth_it_ends_the_login(exchange: list[str]) -> None:
    with introduced("C: AUTH PLAIN AHUAcA==", "S: 535 no", *exchange, BYE, offers=["AUTH PLAIN LOGIN"]) as smtp:
        with pytest.raises(SMTPAuthenticationError) as caught:
            smtp.login("u", "p")
        assert caught.value.smtp_code == 421
        assert smtp.sock is None


def test_to_auth_it_leaves_the_other_mechanisms_untried() -> None:
    with introduced("C: AUTH PLAIN AHUAcA==", BYE, offers=["AUTH PLAIN LOGIN"]) as smtp:
        with pytest.raises(SMTPAuthenticationError) as caught:
            smtp.login("u", "p")
        assert caught.value.smtp_code == 421
        assert smtp.sock is None


def test_to_starttls_it_raises() -> None:
    with introduced("C: STARTTLS", BYE, offers=["STARTTLS"]) as smtp:
        with pytest.raises(SMTPResponseException) as caught:
            smtp.starttls()
        assert caught.value.smtp_code == 421
        assert smtp.sock is None


def test_to_the_rset_after_a_refusal_it_does_not_hide_the_refusal() -> None:
    with introduced(MAIL, "S: 550 no", "C: RSET", BYE) as smtp:
        with pytest.raises(SMTPSenderRefused) as caught:
            send(smtp)
        assert caught.value.smtp_code == 550
        assert smtp.sock is None
