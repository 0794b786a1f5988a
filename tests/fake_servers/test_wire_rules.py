"""Each rule of the wire is kept once and broken once, and a breach is told once, with its event."""

from __future__ import annotations

import pytest

from fake_servers import FakeServer, Step, wire_rules
from fake_servers.steps import MailData, Octets, Pause
from fake_servers.wire_rules import length_limit
from tests.fake_servers.wire_client import WireClient, command, hello, reply, script, transaction

ANY = command("*")
LONG = "x" * 490


def breaches(server: FakeServer) -> list[tuple[str, bytes]]:
    server.stop()
    assert server.transcript.faults == []
    return [(breach.rule, server.transcript.events[breach.event].octets) for breach in server.transcript.breaches]


def said(
    *segments: str, extensions: tuple[str, ...] = (), steps: tuple[Step, ...] = (), lmtp: bool = False
) -> list[tuple[str, bytes]]:
    """What rules are broken by a client that sends these segments behind EHLO, and waits for a reply to each line."""
    begin = (reply("220 ready"), command("LHLO *"), *hello(*extensions)[2:]) if lmtp else hello(*extensions)
    count = sum(segment.count("\n") for segment in segments)
    with FakeServer(script(*begin, *(steps or (ANY, reply("250 ok")) * count), lmtp=lmtp)) as server:
        with WireClient(server) as client:
            client.begin("LHLO a" if lmtp else "EHLO a")
            for segment in segments:
                client.send(segment)
                for _ in range(segment.count("\n")):
                    client.reply()
        return breaches(server)


KEPT: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    ("CRLF", ("NOOP\r\n",), ()),
    ("512 octets", ("NOOP " + "x" * 505 + "\r\n",), ()),
    ("SIZE adds 26 octets to MAIL", (f"MAIL FROM:<{LONG}@e.example> SIZE=1234\r\n",), ("SIZE 9",)),
    ("AUTH has 12288 octets", ("AUTH PLAIN " + "x" * 9000 + "\r\n",), ("AUTH PLAIN",)),
    ("SMTPUTF8 asked for", ("MAIL FROM:<ä@b> SMTPUTF8\r\n", "RCPT TO:<ö@b>\r\n"), ("SMTPUTF8",)),
    ("pipelining", ("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRSET\r\n",), ("PIPELINING",)),
    ("a group ends with NOOP", ("RSET\r\nNOOP\r\n",), ("PIPELINING",)),
    ("AUTH is offered", ("AUTH PLAIN AGEAYg==\r\n",), ("AUTH LOGIN PLAIN",)),
    ("AUTH is offered as of old", ("AUTH PLAIN AGEAYg==\r\n",), ("AUTH=LOGIN PLAIN",)),
    ("STARTTLS is offered", ("STARTTLS\r\n",), ("STARTTLS",)),
]

BROKEN: list[tuple[str, tuple[str, ...], tuple[str, ...], str]] = [
    (wire_rules.LINE_ENDING, ("NOOP\n",), (), "NOOP\n"),
    (wire_rules.LINE_ENDING, ("NOOP a\rb\r\n",), (), "NOOP a\rb\r\n"),
    (wire_rules.LINE_LENGTH, ("NOOP " + "x" * 506 + "\r\n",), (), "NOOP " + "x" * 506 + "\r\n"),
    (wire_rules.LINE_LENGTH, (f"MAIL FROM:<{LONG}@e.example>\r\n",), (), f"MAIL FROM:<{LONG}@e.example>\r\n"),
    (wire_rules.ASCII_ONLY, ("MAIL FROM:<ä@b>\r\n",), (), "MAIL FROM:<ä@b>\r\n"),
    (wire_rules.ASCII_ONLY, ("MAIL FROM:<ä@b>\r\n",), ("SMTPUTF8",), "MAIL FROM:<ä@b>\r\n"),
    (wire_rules.ASCII_ONLY, ("MAIL FROM:<a@b>\r\n", "RCPT TO:<ä@b>\r\n"), ("SMTPUTF8",), "RCPT TO:<ä@b>\r\n"),
    (
        wire_rules.ASCII_ONLY,
        ("MAIL FROM:<ä@b> SMTPUTF8\r\n", "RSET\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<ö@b>\r\n"),
        ("SMTPUTF8",),
        "RCPT TO:<ö@b>\r\n",
    ),
    (wire_rules.NOTHING_AFTER_QUIT, ("QUIT\r\n", "NOOP\r\n"), (), "NOOP\r\n"),
    (wire_rules.ONE_AT_A_TIME, ("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n",), (), "RCPT TO:<c@d>\r\n"),
    (wire_rules.ONE_AT_A_TIME, ("NOOP\r\nRSET\r\n",), ("PIPELINING",), "RSET\r\n"),
    (wire_rules.ONE_AT_A_TIME, ("EHLO a\r\nRSET\r\n",), ("PIPELINING",), "RSET\r\n"),
    (wire_rules.GREETING_COMMAND, ("LHLO a\r\n",), (), "LHLO a\r\n"),
    (wire_rules.AUTH_OFFERED, ("AUTH PLAIN AGEAYg==\r\n",), (), "AUTH PLAIN AGEAYg==\r\n"),
    (wire_rules.AUTH_OFFERED, ("AUTH PLAIN AGEAYg==\r\n",), ("AUTH LOGIN",), "AUTH PLAIN AGEAYg==\r\n"),
    (wire_rules.STARTTLS_OFFERED, ("STARTTLS\r\n",), (), "STARTTLS\r\n"),
]


@pytest.mark.parametrize(("segments", "extensions"), [row[1:] for row in KEPT], ids=[row[0] for row in KEPT])
def test_a_rule_that_is_kept_is_no_breach(segments: tuple[str, ...], extensions: tuple[str, ...]) -> None:
    assert said(*segments, extensions=extensions) == []


@pytest.mark.parametrize(("rule", "segments", "extensions", "offending"), BROKEN)
def test_a_rule_that_is_broken_is_one_breach(
    rule: str, segments: tuple[str, ...], extensions: tuple[str, ...], offending: str
) -> None:
    assert said(*segments, extensions=extensions) == [(rule, offending.encode())]


def test_lmtp_has_no_ehlo() -> None:
    assert said("EHLO a\r\n", lmtp=True) == [(wire_rules.GREETING_COMMAND, b"EHLO a\r\n")]


def test_nothing_is_expected_before_the_greeting() -> None:
    with FakeServer(script(Pause(seconds=0.05), *hello())) as server:
        with WireClient(server) as client:
            client.send("EHLO a\r\n")
            assert client.reply() == "220 ready"
            assert client.reply() == "250 fake.example.test"
        assert breaches(server) == [(wire_rules.GREETING_FIRST, b"EHLO a\r\n")]


def test_a_greeting_is_complete_with_its_last_line() -> None:
    steps = (Octets(octets=b"220-one\r\n"), Pause(seconds=0.05), reply("220 two"), *hello()[1:])
    with FakeServer(script(*steps)) as server:
        with WireClient(server) as client:
            assert client.line() == "220-one"
            client.send("EHLO a\r\n")
            client.reply()
        assert breaches(server) == [(wire_rules.GREETING_FIRST, b"EHLO a\r\n")]


def test_a_response_to_a_challenge_may_be_long() -> None:
    steps = (command("AUTH PLAIN"), reply("334 "), ANY, reply("235 ok"))
    assert said("AUTH PLAIN\r\n", "x" * 9000 + "\r\n", extensions=("AUTH PLAIN",), steps=steps) == []


def test_a_response_to_a_challenge_ends_with_crlf_as_well() -> None:
    steps = (command("AUTH PLAIN"), reply("334 "), ANY, reply("235 ok"))
    assert said("AUTH PLAIN\r\n", "AGEAYg==\n", extensions=("AUTH PLAIN",), steps=steps) == [
        (wire_rules.LINE_ENDING, b"AGEAYg==\n")
    ]


def test_mail_data_are_not_judged() -> None:
    content = b"bare\nand\rlong " + b"x" * 2000 + b" \xe4\r\n"
    with FakeServer(script(*hello(), *transaction(content))) as server:
        with WireClient(server) as client:
            client.begin().mail(content)
        assert breaches(server) == []


def test_mail_data_before_354_come_too_early() -> None:
    steps = (*transaction()[:-2], MailData(content=b"hi\r\n"), reply("250 queued"))
    with FakeServer(script(*hello("PIPELINING"), *steps)) as server:
        with WireClient(server) as client:
            client.begin()
            client.send("MAIL FROM:<alice@example.com>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nhi\r\n.\r\n")
            assert [client.reply() for _ in range(4)][-1] == "250 queued"
        assert server.transcript.deviations == []
        assert breaches(server)[0] == (wire_rules.ONE_AT_A_TIME, b"hi\r\n")


def test_the_reply_to_mail_data_is_awaited() -> None:
    with FakeServer(script(*hello(), *transaction())) as server:
        with WireClient(server) as client:
            client.begin()
            for line in ("MAIL FROM:<alice@example.com>", "RCPT TO:<bob@example.com>", "DATA"):
                client.say(line)
            client.send("hi\r\n.\r\nNOOP\r\n")
            assert client.reply() == "250 queued"
        assert breaches(server) == [(wire_rules.ONE_AT_A_TIME, b"NOOP\r\n")]


def test_a_client_that_takes_a_stray_reply_for_its_own_waits_for_a_reply_as_well() -> None:
    steps = (reply("250 stray"), ANY, Pause(seconds=0.05), reply("250 first"), ANY, reply("250 second"))
    with FakeServer(script(*hello(), *steps)) as server:
        with WireClient(server) as client:
            client.begin()
            client.send("NOOP\r\n")
            assert client.reply() == "250 stray"
            client.send("RSET\r\n")
            assert client.reply() == "250 first"
        assert breaches(server) == []


def test_a_stray_reply_allows_no_more_than_one_command_at_a_time() -> None:
    steps = (reply("250 stray"), ANY, Pause(seconds=0.05), reply("250 first"), *(ANY, reply("250 ok")) * 2)
    with FakeServer(script(*hello(), *steps)) as server:
        with WireClient(server) as client:
            client.begin()
            assert client.reply() == "250 stray"
            client.send("NOOP\r\nRSET\r\nNOOP\r\n")
            for _ in range(3):
                client.reply()
        assert breaches(server) == [(wire_rules.ONE_AT_A_TIME, b"NOOP\r\n")]


def test_an_lmtp_client_that_reads_one_reply_to_the_mail_data_is_out_of_step_and_breaks_no_second_rule() -> None:
    steps = (
        *(command("MAIL FROM:<a@b>"), reply("250 ok")),
        *(command("RCPT TO:<c@d>"), reply("250 ok"), command("RCPT TO:<e@f>"), reply("250 ok")),
        *(command("DATA"), reply("354 go"), MailData(content=None)),
        *(reply("250 one"), Pause(seconds=0.05), reply("250 two"), ANY, reply("250 reset")),
    )
    begin = (reply("220 ready"), command("LHLO *"), *hello()[2:])
    with FakeServer(script(*begin, *steps, lmtp=True)) as server:
        with WireClient(server) as client:
            client.begin("LHLO a")
            for line in ("MAIL FROM:<a@b>", "RCPT TO:<c@d>", "RCPT TO:<e@f>", "DATA"):
                client.say(line)
            client.send("hi\r\n.\r\n")
            assert client.reply() == "250 one"
            client.send("RSET\r\n")
            assert [client.reply(), client.reply()] == ["250 two", "250 reset"]
        assert breaches(server) == []


@pytest.mark.parametrize(
    ("verb", "offered", "octets"),
    [
        ("NOOP", {"SIZE", "DSN", "AUTH"}, 512),
        ("MAIL", set(), 512),
        ("MAIL", {"SIZE"}, 538),
        ("MAIL", {"SIZE", "8BITMIME", "SMTPUTF8"}, 565),
        ("RCPT", {"DSN"}, 1012),
        ("AUTH", set(), 12288),
    ],
)
def test_offered_extensions_lengthen_a_command_line(verb: str, offered: set[str], octets: int) -> None:
    assert length_limit(verb, dict.fromkeys(offered, "")) == octets


def test_every_rule_has_one_name() -> None:
    assert len(set(wire_rules.RULES)) == len(wire_rules.RULES)
