"""How a script is played: replies, courtesy, and one deviation for one fault."""

from __future__ import annotations

import smtplib

import pytest

from fake_servers import Dialogue, End, Ending, FakeServer, Script, Step, limits
from fake_servers.matching import exact
from fake_servers.steps import Branches, CheckPeer, Close, Command, MailData, Octets, ReadOctets, Reply
from tests.fake_servers.wire_client import (
    PATIENCE,
    WireClient,
    command,
    hello,
    reply,
    script,
    sent_by_client,
    transaction,
)


def summary(server: FakeServer) -> list[tuple[str, str]]:
    """All deviations of a server that has been stopped; it must not have failed itself."""
    server.stop()
    assert server.transcript.faults == []
    return [(deviation.expected, deviation.received) for deviation in server.transcript.deviations]


# As the script says.


def test_a_client_that_follows_the_script_deviates_nowhere() -> None:
    with FakeServer(script(*hello(), *transaction(b"Subject: hi\r\n\r\nA line.\r\n"))) as server:
        with WireClient(server) as client:
            assert client.begin().mail(b"Subject: hi\r\n\r\nA line.\r\n") == "250 queued"
            assert client.say("QUIT") == "221 2.0.0 Bye"
            assert client.to_end() == b""
        assert server.wait_for_end(0, PATIENCE) is End.CLIENT_CLOSED
        assert summary(server) == []
        assert server.transcript.breaches == []
        record = server.transcript.connections[0]
        assert (record.steps_played, record.steps_total, record.next_step) == (11, 11, "")


def test_smtplib_follows_the_script_as_well() -> None:
    with FakeServer(script(*hello("SIZE 1000"), *transaction())) as server:
        with smtplib.SMTP(server.host, server.port, timeout=PATIENCE) as client:
            client.ehlo()
            client.mail("alice@example.com")
            client.rcpt("bob@example.com")
            client.data(b"hi\r\n")
        assert summary(server) == []


def test_every_octet_both_ways_is_in_the_transcript() -> None:
    with FakeServer(script(*hello())) as server:
        with WireClient(server) as client:
            client.begin()
            client.send("half a li")
        server.wait_for_end(0, PATIENCE)
        events = server.transcript.events
    assert [event.octets for event in events if event.octets] == [
        b"220 ready\r\n",
        b"EHLO client.example.org\r\n",
        b"250 fake.example.test\r\n",
        b"half a li",
    ]
    assert [event.at for event in events] == sorted(event.at for event in events)


def test_a_command_in_several_segments_is_one_event() -> None:
    with FakeServer(script(*hello())) as server, WireClient(server) as client:
        client.reply()
        for octet in b"EHLO a\r\n":
            client.send(bytes([octet]))
        assert client.reply() == "250 fake.example.test"
        assert sent_by_client(server) == [b"EHLO a\r\n"]


def test_a_bare_line_feed_ends_a_command_line() -> None:
    with FakeServer(script(*hello())) as server, WireClient(server) as client:
        client.reply()
        client.send("EHLO a\n")
        assert client.reply() == "250 fake.example.test"


def test_the_second_connection_plays_the_second_dialogue() -> None:
    dialogues = (Dialogue(steps=(reply("220 one"),)), Dialogue(steps=(reply("220 two"),)))
    with FakeServer(Script(dialogues=dialogues)) as server:
        for greeting in ("220 one", "220 two"):
            with WireClient(server) as client:
                assert client.line() == greeting
        assert summary(server) == []


def test_several_replies_of_one_step_come_in_one_segment() -> None:
    with FakeServer(script(Octets(octets=b"220 ready\r\n421 bye\r\n"))) as server, WireClient(server) as client:
        assert client.segment() == b"220 ready\r\n421 bye\r\n"


@pytest.mark.parametrize(("sent", "answer"), [("HELP", "214 help"), ("VRFY a", "252 maybe")])
def test_the_branch_is_played_that_begins_with_what_the_client_sends(sent: str, answer: str) -> None:
    either = Branches(branches=((command("HELP"), reply("214 help")), (command("VRFY a"), reply("252 maybe"))))
    with FakeServer(script(*hello(), either)) as server:
        with WireClient(server) as client:
            assert client.begin().say(sent) == answer
        assert summary(server) == []


OPTIONAL = Branches(branches=((command("RSET"), reply("250 scripted")), ()))


def test_an_optional_branch_is_played_if_the_client_begins_it() -> None:
    with FakeServer(script(*hello(), OPTIONAL, command("HELP"), reply("214 help"))) as server:
        with WireClient(server) as client:
            assert client.begin().say("RSET") == "250 scripted"
            assert client.say("HELP") == "214 help"
        assert summary(server) == []


def test_an_optional_branch_is_passed_over_otherwise() -> None:
    with FakeServer(script(*hello(), OPTIONAL, command("HELP"), reply("214 help"))) as server:
        with WireClient(server) as client:
            assert client.begin().say("HELP") == "214 help"
        assert summary(server) == []


def test_an_optional_branch_before_the_end_may_be_left_out() -> None:
    with FakeServer(script(*hello(), OPTIONAL, Close(ending=Ending.FIN))) as server:
        with WireClient(server) as client:
            client.begin()
        assert server.wait_for_end(0, PATIENCE) is End.CLIENT_CLOSED
        assert summary(server) == []


def test_mail_data_are_compared_after_transparency_is_undone() -> None:
    with FakeServer(script(*hello(), *transaction(b".\r\n..x\r\n"))) as server:
        with WireClient(server) as client:
            assert client.begin().mail(b"..\r\n...x\r\n") == "250 queued"
        assert summary(server) == []


@pytest.mark.parametrize("content", [b"a\r\n", b">a\r\n"])
def test_mail_data_may_be_one_of_several_contents(content: bytes) -> None:
    either = MailData(content=b"a\r\n", others=(b">a\r\n",))
    with FakeServer(script(*hello(), *transaction()[:-2], either, reply("250 queued"))) as server:
        with WireClient(server) as client:
            assert client.begin().mail(content) == "250 queued"
        assert summary(server) == []


def test_an_empty_message_is_a_message() -> None:
    with FakeServer(script(*hello(), *transaction(b""))) as server:
        with WireClient(server) as client:
            assert client.begin().mail(b"") == "250 queued"
        assert summary(server) == []


def test_a_dot_between_bare_line_feeds_does_not_end_mail_data() -> None:
    with FakeServer(script(*hello(), *transaction(b"a\n.\nb\r\n"))) as server:
        with WireClient(server) as client:
            assert client.begin().mail(b"a\n.\nb\r\n") == "250 queued"
        assert summary(server) == []
        assert server.transcript.breaches == []


def test_mail_data_may_come_octet_by_octet() -> None:
    with FakeServer(script(*hello(), *transaction(b"a\r\n.b\r\n"))) as server:
        with WireClient(server) as client:
            client.begin()
            for line in ("MAIL FROM:<alice@example.com>", "RCPT TO:<bob@example.com>", "DATA"):
                client.say(line)
            for octet in b"a\r\n..b\r\n.\r\n":
                client.send(bytes([octet]))
            assert client.reply() == "250 queued"
        assert summary(server) == []


def test_a_part_of_the_mail_data_can_be_read_and_refused() -> None:
    steps = (*transaction()[:-2], ReadOctets(octets=4), reply("552 too much"), command("HELP"), reply("214 help"))
    with FakeServer(script(*hello(), *steps)) as server:
        with WireClient(server) as client:
            assert client.begin().mail(b"0123456789\r\n" * 100) == "552 too much"
            assert client.say("HELP") == "214 help"
        assert summary(server) == []
        assert server.transcript.breaches == []


def test_lmtp_answers_for_each_recipient() -> None:
    steps = (reply("220 ready"), command("LHLO *"), reply("250 ok"), *transaction(), reply("250 once more"))
    with FakeServer(script(*steps, lmtp=True)) as server:
        with WireClient(server) as client:
            assert client.begin("LHLO a").mail(b"hi\r\n") == "250 queued"
            assert client.reply() == "250 once more"
        assert summary(server) == []
        assert server.transcript.breaches == []


def test_facts_of_the_connection_are_checked() -> None:
    with FakeServer(
        script(reply("220 ready"), CheckPeer(facts={"source_address": "127.0.0.1", "source_port": 1}))
    ) as server:
        with WireClient(server) as client:
            client.reply()
            port = client.socket.getsockname()[1]
        assert summary(server) == [("source_port 1", f"source_port {port}")]


# Courtesy.


def test_courtesy_answers_what_no_step_is_for() -> None:
    with FakeServer(script(*hello("SIZE 1000"), *transaction())) as server:
        with WireClient(server) as client:
            client.begin()
            assert client.say("RSET") == "250 2.0.0 Reset"
            assert client.say("EHLO again") == "250 SIZE 1000"
            assert client.mail(b"hi\r\n") == "250 queued"
            assert client.say("NOOP") != client.say("NOOP")
            assert client.say("NOOP token") == "250 2.0.0 token"
        assert summary(server) == []


def test_quit_by_courtesy_ends_the_connection() -> None:
    with FakeServer(script(*hello(), command("HELP"))) as server:
        with WireClient(server) as client:
            assert client.begin().say("QUIT") == "221 2.0.0 Bye"
            assert client.to_end() == b""
        assert summary(server) == [("HELP", "the client closed the connection before")]


def test_quit_by_script_ends_the_connection_when_all_is_played() -> None:
    with FakeServer(script(*hello(), command("QUIT"), reply("221 bye"))) as server:
        with WireClient(server) as client:
            assert client.begin().say("QUIT") == "221 bye"
            assert client.to_end() == b""
        assert summary(server) == []


def test_a_step_goes_before_courtesy() -> None:
    with FakeServer(script(*hello(), command("NOOP"), reply("500 no"))) as server:
        with WireClient(server) as client:
            assert client.begin().say("NOOP") == "500 no"
        assert summary(server) == []


@pytest.mark.parametrize("line", ["RSET", "NOOP", "QUIT", "EHLO again"])
def test_a_strict_script_knows_no_courtesy(line: str) -> None:
    with FakeServer(script(*hello(), courteous=False)) as server:
        with WireClient(server) as client:
            assert client.begin().say(line).startswith("503 ")
        assert summary(server) == [("nothing but courtesy behind the last step", line)]


@pytest.mark.parametrize("lmtp", [False, True])
def test_a_client_may_greet_where_the_script_does_not_ask_for_it(*, lmtp: bool) -> None:
    with FakeServer(script(reply("220 ready"), command("HELP"), reply("214 none"), lmtp=lmtp)) as server:
        with WireClient(server) as client:
            assert client.begin("LHLO a" if lmtp else "EHLO a").say("HELP") == "214 none"
        assert summary(server) == []


@pytest.mark.parametrize(("greeting", "line"), [("220 ready", "HELO a"), ("220 ready", "LHLO a"), ("554 no", "EHLO a")])
def test_no_other_greeting_command_is_polite_nor_any_where_the_server_does_not_serve(greeting: str, line: str) -> None:
    with FakeServer(script(reply(greeting))) as server:
        with WireClient(server) as client:
            client.reply()
            assert client.say(line).startswith("503 ")
        assert len(summary(server)) == 1


def test_a_greeting_command_that_was_refused_gets_no_courtesy() -> None:
    with FakeServer(script(reply("220 ready"), command("EHLO *"), reply("502 no"))) as server:
        with WireClient(server) as client:
            assert client.begin().say("EHLO again").startswith("503 ")
        assert len(summary(server)) == 1


# One fault, one deviation.


def test_a_command_with_another_claim_is_one_deviation_and_the_script_goes_on() -> None:
    with FakeServer(script(*hello(), *transaction())) as server:
        with WireClient(server) as client:
            client.begin()
            assert client.say("MAIL FROM:<mallory@example.com>") == "250 ok"
            client.say("RCPT TO:<bob@example.com>")
            client.say("DATA")
            client.send("hi\r\n.\r\n")
            assert client.reply() == "250 queued"
        assert summary(server) == [
            (
                "MAIL FROM:<alice@example.com>",
                "MAIL FROM:<mallory@example.com> (the path is <mallory@example.com>, not <alice@example.com>)",
            )
        ]
        deviation = server.transcript.deviations[0]
        assert deviation.step == "C: MAIL FROM:<alice@example.com>"
        assert server.transcript.events[deviation.event].octets == b"MAIL FROM:<mallory@example.com>\r\n"


def test_a_command_that_is_left_out_is_one_deviation() -> None:
    steps = (
        command("RCPT TO:<a@b>"),
        reply("250 a"),
        command("RCPT TO:<c@d>"),
        reply("250 c"),
        command("DATA"),
        reply("554 no"),
    )
    with FakeServer(script(*hello(), *steps)) as server:
        with WireClient(server) as client:
            assert client.begin().say("RCPT TO:<c@d>") == "250 c"
            assert client.say("DATA") == "554 no"
        assert summary(server) == [("RCPT TO:<a@b>", "RCPT TO:<c@d> (which a later step expects: this one is missing)")]


def test_a_command_behind_mail_data_is_not_taken_for_an_omission() -> None:
    with FakeServer(script(*hello(), *transaction(), command("HELP"), reply("214 help"))) as server:
        with WireClient(server) as client:
            assert client.begin().say("HELP").startswith("503 ")
        assert summary(server) == [("MAIL FROM:<alice@example.com>", "HELP")]


def test_unexpected_commands_in_a_row_are_one_deviation() -> None:
    with FakeServer(script(*hello(), command("HELP"))) as server:
        with WireClient(server) as client:
            client.begin()
            assert client.say("EXPN a").startswith("503 ")
            assert client.say("VRFY a").startswith("503 ")
        assert summary(server) == [("HELP", "EXPN a")]


def test_too_many_unexpected_commands_end_the_connection() -> None:
    with FakeServer(script(*hello())) as server, WireClient(server) as client:
        client.begin()
        for _ in range(limits.UNEXPECTED_COMMANDS - 1):
            assert client.say("WHAT").startswith("503 ")
        assert client.say("WHAT").startswith("421 ")
        assert client.to_end() == b""


def test_a_wrong_response_to_a_challenge_is_one_deviation() -> None:
    steps = (
        command("AUTH LOGIN"),
        reply("334 VXNlcm5hbWU6"),
        Command(pattern=exact(b"dXNlcg==\r\n"), label="C: dXNlcg=="),
        reply("235 welcome"),
    )
    with FakeServer(script(*hello("AUTH LOGIN"), *steps)) as server:
        with WireClient(server) as client:
            assert client.begin().say("AUTH LOGIN") == "334 VXNlcm5hbWU6"
            assert client.say("QUIT") == "235 welcome"
        assert summary(server) == [("dXNlcg==", 'QUIT (the octets are "QUIT\\r\\n", not "dXNlcg==\\r\\n")')]


def test_other_mail_data_are_one_deviation_with_the_first_line_that_differs() -> None:
    with FakeServer(script(*hello(), *transaction(b"a\r\nb\r\nc\r\n"))) as server:
        with WireClient(server) as client:
            assert client.begin().mail(b"a\r\nB\r\nC\r\n") == "250 queued"
        assert summary(server) == [
            ('mail data of 9 octets with line 2 "b\\r\\n"', 'mail data of 9 octets with line 2 "B\\r\\n"')
        ]


@pytest.mark.parametrize(
    ("step", "expected"),
    [(command("HELP"), "HELP"), (MailData(content=None), "mail data"), (ReadOctets(octets=9), "9 octets")],
)
def test_a_step_that_waits_on_a_client_that_has_gone_is_a_deviation(step: Step, expected: str) -> None:
    with FakeServer(script(*hello(), step, reply("250 ok"))) as server:
        with WireClient(server) as client:
            client.begin()
        assert summary(server) == [(expected, "the client closed the connection before")]


def test_steps_of_the_servers_own_may_be_left_over() -> None:
    steps: tuple[Step, ...] = (command("DATA"), reply("554 no"), reply("421 bye"), Close(ending=Ending.RST))
    with FakeServer(script(*hello(), *steps)) as server:
        with WireClient(server) as client:
            client.begin()
            client.send("DATA\r\n")
        assert summary(server) == []


def test_several_steps_left_over_are_one_deviation() -> None:
    with FakeServer(script(*hello(), *transaction())) as server:
        with WireClient(server) as client:
            client.begin()
        assert summary(server) == [
            ("MAIL FROM:<alice@example.com> and 3 more", "the client closed the connection before")
        ]


def test_a_client_that_gives_up_after_a_deviation_deviates_no_more() -> None:
    with FakeServer(script(*hello(), command("HELP"))) as server:
        with WireClient(server) as client:
            client.begin().say("WHAT")
        assert len(summary(server)) == 1


def test_a_connection_beyond_the_script_is_a_deviation_and_closed() -> None:
    with FakeServer(script(*hello())) as server, WireClient(server) as first, WireClient(server) as second:
        assert second.to_end() == b""
        first.begin()
        assert server.wait_until_played(PATIENCE)
        assert summary(server) == [("at most 1 connection", "connection number 2")]


def test_a_dialogue_that_nobody_began_is_a_deviation() -> None:
    with FakeServer(Script(dialogues=(Dialogue(steps=hello()), Dialogue(steps=hello())))) as server:
        with WireClient(server) as client:
            client.begin()
        assert summary(server) == [("connection number 2, for EHLO *", "1 connection")]


# PIPELINING.


def test_what_was_pipelined_behind_a_refused_mail_is_no_deviation() -> None:
    steps = (command("MAIL FROM:<a@b>"), reply("550 no"), command("RSET"), reply("250 reset"))
    with FakeServer(script(*hello("PIPELINING"), *steps)) as server:
        with WireClient(server) as client:
            client.begin()
            assert client.say("MAIL FROM:<a@b>", "RCPT TO:<c@d>", "DATA").startswith("503 ")
            assert client.say("RSET") == "250 reset"
        assert summary(server) == []
        assert server.transcript.breaches == []


def test_data_pipelined_behind_refused_recipients_is_no_deviation() -> None:
    steps = (command("MAIL FROM:<a@b>"), reply("250 ok"), command("RCPT TO:<c@d>"), reply("550 no"))
    with FakeServer(script(*hello("PIPELINING"), *steps)) as server:
        with WireClient(server) as client:
            assert client.begin().say("MAIL FROM:<a@b>", "RCPT TO:<c@d>", "DATA").startswith("503 ")
        assert summary(server) == []


def test_without_pipelining_a_command_behind_a_refusal_is_a_deviation() -> None:
    with FakeServer(script(*hello(), command("MAIL FROM:<a@b>"), reply("550 no"))) as server:
        with WireClient(server) as client:
            client.begin().say("MAIL FROM:<a@b>")
            assert client.say("RCPT TO:<c@d>").startswith("503 ")
        assert len(summary(server)) == 1


def test_an_error_inside_the_server_is_a_fault_and_no_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("fake_servers.session.Session.reply_sent", fail)
    with FakeServer(script(Reply(octets=b"220 ready\r\n"))) as server:
        with WireClient(server) as client:
            assert client.to_end() == b"220 ready\r\n"
        server.stop()
        assert "broken on purpose" in server.transcript.faults[0]
