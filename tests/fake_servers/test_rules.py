"""A rule applies at its place, under its conditions, as often as it says; the first that answers has the word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fake_servers.mail_server import MailServer
from fake_servers.manners import Conduct
from fake_servers.rule_text import RuleError, build_rule, written_reply
from tests.fake_servers.wire_client import WireClient

CONTENT = b"Subject: hi\r\n\r\nA line.\r\n"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def codes(server: MailServer, *lines: str) -> list[str]:
    """The reply codes to these lines on a new connection, the greeting's first."""
    with WireClient(server) as client:
        return [client.reply()[:3], *(client.say(line)[:3] for line in lines)]


EHLO, MAIL, BOB, CAROL = (
    "EHLO c.example",
    "MAIL FROM:<a@example.com>",
    "RCPT TO:<bob@example.com>",
    "RCPT TO:<c@example.com>",
)


def test_a_command_is_matched_by_meaning_and_further_parameters_do_not_matter(server: MailServer) -> None:
    server.rule("RCPT TO:<bob@*>", "450 4.2.1 busy")
    assert codes(server, EHLO, MAIL, "rcpt to:<bob@EXAMPLE.com> NOTIFY=NEVER", CAROL) == [
        "220",
        "250",
        "250",
        "450",
        "250",
    ]


def test_a_verb_alone_means_every_such_command(server: MailServer) -> None:
    server.rule("RCPT", "550 5.1.1 nobody")
    assert codes(server, EHLO, MAIL, BOB, CAROL) == ["220", "250", "250", "550", "550"]


def test_hello_means_every_greeting_command(server: MailServer) -> None:
    server.rule("hello", "502 5.5.1 no")
    assert codes(server, EHLO, "HELO c.example") == ["220", "502", "502"]


def test_the_first_rule_that_answers_has_the_word(server: MailServer) -> None:
    server.rule("RCPT TO:<bob@*>", "450 4.2.1 busy")
    server.rule("RCPT", "550 5.1.1 nobody")
    assert codes(server, EHLO, MAIL, BOB, CAROL)[-2:] == ["450", "550"]


def test_the_first_two_attempts_fail_then_it_is_accepted(server: MailServer) -> None:
    busy = server.rule("RCPT", "451 4.3.0 later", times=2)
    assert codes(server, EHLO, MAIL, BOB, BOB, BOB)[-3:] == ["451", "451", "250"]
    assert busy.applied == 2


def test_the_third_message_of_each_connection_is_dropped(server: MailServer) -> None:
    server.rule("MAIL", per="connection", nth=3, close="fin")
    for _ in range(2):
        with WireClient(server) as client:
            client.begin()
            client.mail(CONTENT)
            client.mail(CONTENT)
            client.send(f"{MAIL}\r\n")
            assert client.to_end() == b""


def test_421_after_ten_recipients_and_the_connection_ends(server: MailServer) -> None:
    server.rule("RCPT", "421 4.5.3 enough", per="message", skip=10)
    with WireClient(server) as client:
        client.begin().say(MAIL)
        assert {client.say(BOB)[:3] for _ in range(10)} == {"250"}
        client.send(f"{BOB}\r\n")
        assert client.to_end() == b"421 4.5.3 enough\r\n"


def test_each_new_triple_is_put_off_for_its_time(server: MailServer) -> None:
    server.clock.freeze()
    server.rule("RCPT", "451 4.7.1 greylisted", per="triple", within=300)
    assert codes(server, EHLO, MAIL, BOB, BOB, CAROL)[-3:] == ["451", "451", "451"]
    server.clock.advance(299)
    assert codes(server, EHLO, MAIL, BOB)[-1] == "451"
    server.clock.advance(2)
    assert codes(server, EHLO, MAIL, BOB, "RCPT TO:<new@example.com>")[-2:] == ["250", "451"]
    assert codes(server, EHLO, "MAIL FROM:<other@example.com>", BOB)[-1] == "451"


def test_more_than_five_a_second_are_too_many(server: MailServer) -> None:
    server.clock.freeze()
    server.rule("NOOP", "450 4.7.0 slow down", rate="5/second")
    assert codes(server, *["NOOP"] * 7)[1:] == ["250"] * 5 + ["450"] * 2
    server.clock.advance(1)
    assert codes(server, *["NOOP"] * 6)[1:] == ["250"] * 5 + ["450"]


def test_accepted_and_then_lost_before_the_reply_to_the_final_dot(server: MailServer) -> None:
    server.rule("end of data", keep=True, close="rst")
    with WireClient(server) as client, pytest.raises(ConnectionResetError):
        client.begin().mail(CONTENT)
    assert server.message.acknowledged is False


def test_a_message_that_is_refused_is_not_taken(server: MailServer) -> None:
    server.rule("end of data", "554 5.7.1 spam", containing="viagra")
    with WireClient(server) as client:
        client.begin()
        assert client.mail(b"Subject: Viagra\r\n\r\n") == "554 5.7.1 spam"
        assert client.mail(CONTENT).startswith("250")
    assert [message.raw for message in server.messages] == [CONTENT]


def test_over_lmtp_a_rule_is_about_one_recipient() -> None:
    with MailServer(Conduct(lmtp=True)) as server, WireClient(server) as client:
        server.rule("end of data", "452 4.2.2 full", recipient="bob@*")
        client.begin("LHLO c.example").say(MAIL)
        client.say(BOB)
        client.say(CAROL)
        client.say("DATA")
        client.send(CONTENT + b".\r\n")
        assert [client.reply()[:3], client.reply()[:3]] == ["452", "250"]
        assert (server.message.recipients, server.message.refused) == (("c@example.com",), ("bob@example.com",))


@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        ({"sender": "a@*"}, MAIL, "MAIL FROM:<b@example.com>"),
        ({"larger_than": 99}, f"{MAIL} SIZE=100", f"{MAIL} SIZE=99"),
        ({"tls": False}, MAIL, ""),
        ({"tls": True}, "", MAIL),
        ({"authenticated": True}, "", MAIL),
        ({"more_connections_than": 0}, MAIL, ""),
        ({"more_connections_than": 1}, "", MAIL),
    ],
)
def test_a_condition_must_hold(server: MailServer, condition: dict[str, Any], holds: str, fails: str) -> None:
    server.rule("MAIL", "550 5.7.1 no", **condition)
    if holds:
        assert codes(server, EHLO, holds)[-1] == "550"
    if fails:
        assert codes(server, EHLO, fails)[-1] == "250"


def test_who_speaks_before_the_greeting_is_known_later(server: MailServer) -> None:
    server.rule("greeting", do=[{"raw": "220-wait\r\n"}, {"delay": 0.05}, {"reply": "220 go"}])
    server.rule("MAIL", "550 5.5.1 too early", talked_early=True)
    assert codes(server, EHLO, MAIL)[1:] == ["250", "250"]
    with WireClient(server) as client:
        client.line()
        client.send(f"{EHLO}\r\n")
        assert [client.reply()[:3], client.reply()[:3], client.say(MAIL)[:3]] == ["220", "250", "550"]


def test_a_delay_leaves_the_answer_to_the_server(server: MailServer) -> None:
    server.rule("NOOP", delay=0.01)
    assert codes(server, "NOOP") == ["220", "250"]


def test_a_reply_trickles(server: MailServer) -> None:
    server.rule("connect", dribble=7)
    with WireClient(server) as client:
        assert client.reply() == "220 fake.example.test ESMTP ready"
        assert client.segments_received() == 5


def test_raw_octets_are_sent_as_they_are_and_mean_what_they_say(server: MailServer) -> None:
    server.rule("EHLO", raw="250-XXXA\r\n250 XXXB\r\n")
    server.rule("MAIL", raw=b"421 this announces nothing\r\n")
    assert codes(server, EHLO, MAIL, "NOOP") == ["220", "250", "421", "250"]


def test_the_connection_is_lost_within_the_mail_data(server: MailServer) -> None:
    server.rule("DATA", "354 go", read=5, close="rst")
    with WireClient(server) as client:
        client.begin().say(MAIL)
        client.say(BOB)
        client.say("DATA")
        client.send(CONTENT)
        with pytest.raises(ConnectionResetError):
            client.to_end()
    assert not server.messages


@pytest.mark.parametrize("place", ["connect", "greeting", "EHLO", "MAIL", "end of data"])
def test_silence_lasts_until_the_client_has_had_enough(server: MailServer, place: str) -> None:
    server.rule(place, silence=True)
    with WireClient(server) as client:
        client.send(f"{EHLO}\r\n{MAIL}\r\n{BOB}\r\nDATA\r\n.\r\n")
        server.wait_until_idle(2)
    server.stop()
    assert "the server says nothing more" in server.dialogue


def test_a_refused_client_may_only_quit(server: MailServer) -> None:
    """RFC 5321 section 3.1: behind a 554 greeting everything but QUIT gets 503."""
    server.rule("greeting", "554 5.7.1 blocked")
    assert codes(server, EHLO, MAIL, "QUIT") == ["554", "503", "503", "221"]


def test_the_tls_negotiation_is_cut(server: MailServer) -> None:
    server.rule("tls", cut="rst")
    with WireClient(server) as client:
        client.begin().say("STARTTLS")
        with pytest.raises(OSError, match=r"reset|EOF"):
            client.negotiate(server.client_context())


def test_credentials_are_a_place_of_their_own(server: MailServer) -> None:
    server.rule("credentials", "454 4.7.0 later", user="alice")
    assert codes(server, EHLO, "AUTH PLAIN AGFsaWNlAHg=", "AUTH PLAIN AGJvYgB4")[-2:] == ["454", "235"]


def test_a_server_behaves_again_when_it_is_told_to(server: MailServer) -> None:
    server.rule("MAIL", "550 5.7.1 no")
    server.behave()
    assert codes(server, EHLO, MAIL)[-1] == "250"


def test_chance_comes_out_alike_each_time() -> None:
    def run() -> list[str]:
        with MailServer() as server:
            server.rule("NOOP", "450 4.0.0 bad luck", chance=0.5)
            return codes(server, *["NOOP"] * 20)

    first = run()
    assert first == run()
    assert {"450", "250"} <= set(first)


@pytest.mark.parametrize(
    ("at", "settings", "message"),
    [
        ("RPCT", {"reply": "550 no"}, "at: 'RPCT' is no command; did you mean 'RCPT'"),
        ("RCPT TO:bob", {"reply": "550 no"}, "at: RCPT TO:bob *: the path does not stand in angle brackets"),
        ("DATA now", {"reply": "550 no"}, "at: DATA now: DATA takes no argument"),
        ("", {"reply": "550 no"}, "at: a place or a command is expected"),
        ("MAIL", {}, "a rule does something"),
        ("MAIL", {"reply": "no"}, "reply: 'no' is no reply line"),
        ("MAIL", {"reply": ["250 a", "251 b"]}, "reply: a reply has one reply code, not 250 and 251"),
        ("MAIL", {"repyl": "550 no"}, "repyl: no setting of a rule; did you mean 'reply'"),
        ("MAIL", {"reply": "550 no", "times": 0}, "times: a whole number of at least 1"),
        ("MAIL", {"reply": "550 no", "rate": "often"}, "rate: a rate is written as 5/second"),
        ("MAIL", {"reply": "550 no", "per": "day"}, "per: 'day' is none of server, connection"),
        ("MAIL", {"reply": "550 no", "chance": 2}, "chance: a probability between 0 and 1"),
        ("MAIL", {"close": "slam"}, "close: 'slam' is none of fin, rst"),
        ("MAIL", {"keep": True}, "keep: goes with the place end of data only"),
        ("MAIL", {"cut": "rst"}, "certificate: certificate and cut go with the place tls only"),
        ("MAIL", {"reply": "550 no", "every": 1}, "every: goes with dribble"),
        ("MAIL", {"do": [{"reply": "550 no", "close": "fin"}]}, "do: each entry is one action"),
        ("MAIL", {"do": [{"replay": "550 no"}]}, "do: 'replay' is no action; did you mean 'reply'"),
        ("MAIL", {"do": [], "close": "fin"}, "do: names all actions in order; close stands beside it"),
        ("MAIL", {"reply": "550 no", "tls": "yes"}, "tls: true or false is expected, not 'yes'"),
        ("MAIL", {"delay": -1}, "delay: a number of at least 0"),
    ],
)
def test_a_rule_that_is_written_wrongly_is_refused_and_told_why(
    at: str, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(RuleError) as caught:
        build_rule(at, **settings)
    assert str(caught.value).startswith(message)


def test_the_hyphens_of_a_multiline_reply_are_put_in() -> None:
    assert written_reply(["250 one", "250 two", "250-three"]) == b"250-one\r\n250-two\r\n250 three\r\n"
