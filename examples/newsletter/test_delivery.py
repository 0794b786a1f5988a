"""One test a calamity: what becomes of the letters when the mail server misbehaves."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core import mail
from newsletter.delivery import deliver_waiting
from newsletter.models import Letter

from fake_servers import MailServer


def write_to(*names: str) -> None:
    for name in names:
        Letter.objects.create(recipient=f"{name}@example.org", subject="News", body="Nothing new.")


def states() -> dict[str, str]:
    return {letter.recipient.partition("@")[0]: letter.state for letter in Letter.objects.order_by("pk")}


def test_on_a_good_day_everybody_gets_a_letter(smtp_server: MailServer) -> None:
    write_to("alice", "bob")
    deliver_waiting()
    assert states() == {"alice": "sent", "bob": "sent"}
    assert [message.recipients for message in smtp_server.messages] == [("alice@example.org",), ("bob@example.org",)]
    assert {message.session.connection for message in smtp_server.messages} == {0}  # one connection for all
    assert smtp_server.messages[0].session.tls


@pytest.mark.mail_server("greylisting")
def test_a_greylisted_letter_waits_and_is_sent_later(smtp_server: MailServer) -> None:
    write_to("alice")
    deliver_waiting()
    assert states() == {"alice": "waiting"}

    smtp_server.clock.advance(300)  # five minutes later, without waiting for them
    deliver_waiting()
    assert states() == {"alice": "sent"}
    assert Letter.objects.get().attempts == 2


@pytest.mark.mail_server("unknown-users", "mailbox-full")
def test_some_are_refused_and_the_others_are_not_kept_waiting(smtp_server: MailServer) -> None:
    write_to("alice", "nobody", "bob", "carol")
    deliver_waiting()
    assert states() == {"alice": "sent", "nobody": "refused", "bob": "waiting", "carol": "sent"}
    assert Letter.objects.get(state="refused").trouble == "550 5.1.1 No such user here"
    assert len(smtp_server.messages) == 2


@pytest.mark.mail_server("unknown-users")
def test_why_each_letter_has_one_recipient(smtp_server: MailServer) -> None:
    """Django's backend throws away what ``sendmail`` returns: nobody learns that a recipient was refused."""
    sent = mail.EmailMessage("News", "", "news@example.com", ["alice@example.org", "nobody@example.org"]).send()
    assert sent == 1
    assert smtp_server.message.recipients == ("alice@example.org",)


@pytest.mark.mail_server("throttling")
def test_a_throttled_newsletter_stops_and_goes_on_a_minute_later(smtp_server: MailServer) -> None:
    write_to(*"abcdefgh")
    deliver_waiting()
    assert Counter(states().values()) == {"sent": 5, "waiting": 3}
    assert [letter.attempts for letter in Letter.objects.order_by("pk")] == [1, 1, 1, 1, 1, 1, 0, 0]  # no hammering

    smtp_server.clock.advance(60)
    deliver_waiting()
    assert Counter(states().values()) == {"sent": 8}


@pytest.mark.parametrize(
    "calamity", ["broken-starttls", "expired-certificate", "wrong-host-certificate", "untrusted-certificate"]
)
def test_without_good_tls_nothing_is_sent(smtp_server: MailServer, calamity: str) -> None:
    smtp_server.preset(calamity)
    write_to("alice")
    deliver_waiting()
    assert states() == {"alice": "waiting"}
    assert not smtp_server.messages
    assert "C: mail FROM" not in smtp_server.dialogue


def test_a_connection_lost_after_the_final_dot_is_no_second_letter(smtp_server: MailServer) -> None:
    """Nobody can tell whether the letter was taken: it goes out again, and can be recognised as the same."""
    smtp_server.rule("end of data", keep=True, close="rst", times=1)
    write_to("alice")
    deliver_waiting()
    assert states() == {"alice": "waiting"}
    assert smtp_server.message.acknowledged is False

    deliver_waiting()
    assert states() == {"alice": "sent"}
    first, second = smtp_server.messages
    assert first.parsed["Message-ID"] == second.parsed["Message-ID"]
