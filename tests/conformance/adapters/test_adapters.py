"""Adapters: the client's own behaviour under the API's names; what has no counterpart is unsupported, never a pass."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Iterator

import pytest

from conformance.driver.answers import Answer, Observation, Raised, Returned, Unsupported
from conformance.driver.candidates import ADAPTERS, Candidate, parse_candidate
from conformance.driver.channel import Channel
from conformance.driver.requests import MODULE, Call, Close, Get, Given, Open
from conformance.driver.values import Named
from fake_servers import Dialogue, FakeServer, Script, Step, parse_pattern
from fake_servers.steps import Command, MailData, Reply

WITHIN = 20.0
CLIENTS = ("aiosmtplib", "smtpproto")


def asked(command: str, reply: str) -> tuple[Step, ...]:
    return Command(pattern=parse_pattern(command)), Reply(octets=reply.encode() + b"\r\n")


GREETING: tuple[Step, ...] = (Reply(octets=b"220 mail.example.test ready\r\n"),)
EHLO = asked("EHLO *", "250-mail.example.test\r\n250 SIZE 1000")


def script(*steps: Step) -> Script:
    return Script(dialogues=(Dialogue(steps=(*GREETING, *steps)),))


def needs(client: str) -> None:
    if importlib.util.find_spec(client) is None:
        pytest.skip(f"{client} is not installed: it belongs to the dependency group 'clients'")


@pytest.fixture
def channel(request: pytest.FixtureRequest) -> Iterator[Channel]:
    """A channel to the adapter that the test is about; aiosmtplib's where it names none."""
    client = getattr(request, "param", "aiosmtplib")
    needs(client)
    with Candidate(parse_candidate(f"adapter:{client}")) as candidate, candidate.scenario() as opened:
        yield opened


def call(channel: Channel, method: str, *args: object) -> Answer:
    return channel.request(Call(method=method, args=args), within=WITHIN)


def opened(channel: Channel, server: FakeServer) -> None:
    answer = channel.request(Open(class_name="SMTP", args=(server.host, server.port)), within=WITHIN)
    assert value(answer) == Named("client")


def value(answer: Answer) -> object:
    assert isinstance(answer, Observation)
    assert isinstance(answer.outcome, Returned), answer.outcome
    return answer.outcome.value


def raised(answer: Answer) -> Raised:
    assert isinstance(answer, Observation)
    assert isinstance(answer.outcome, Raised), answer.outcome
    return answer.outcome


def reason(answer: Answer) -> str:
    assert isinstance(answer, Unsupported), answer
    return answer.reason


@pytest.mark.parametrize("client", CLIENTS)
def test_the_adapters_are_registered(client: str) -> None:
    assert client in {entry.name for entry in importlib.metadata.entry_points(group=ADAPTERS)}


@pytest.mark.parametrize("client", CLIENTS)
def test_the_identity_is_that_of_the_client(client: str) -> None:
    needs(client)
    with Candidate(parse_candidate(f"adapter:{client}")) as candidate:
        assert candidate.identity.implementation == client
        assert candidate.identity.version == importlib.metadata.version(client)


@pytest.mark.parametrize("channel", CLIENTS, indirect=True)
def test_greeting_and_goodbye(channel: Channel) -> None:
    with FakeServer(script(*EHLO, *asked("QUIT", "221 2.0.0 Bye"))) as server:
        opened(channel, server)
        assert value(call(channel, "ehlo")) == (250, b"mail.example.test\nSIZE 1000")
        assert value(call(channel, "has_extn", "size")) is True
        assert value(call(channel, "quit")) == (221, b"2.0.0 Bye")


@pytest.mark.parametrize("channel", CLIENTS, indirect=True)
@pytest.mark.parametrize("name", ["SMTP.sendmail", "SMTPException", "SMTP_PORT"])
def test_what_belongs_to_the_adapter_is_not_looked_at(channel: Channel, name: str) -> None:
    for view in ("value", "signature", "bases"):
        asked_for = Get(names=(name,), on=MODULE, view=view)
        assert "cannot be judged through its adapter" in reason(channel.request(asked_for, within=WITHIN))


@pytest.mark.parametrize("channel", CLIENTS, indirect=True)
@pytest.mark.parametrize("given", [Given(without=("ssl",)), Given(audit=()), Given(default_timeout=1.0)])
def test_what_the_adapter_cannot_arrange_is_unsupported(channel: Channel, given: Given) -> None:
    assert "cannot arrange" in reason(channel.request(given, within=WITHIN))


@pytest.mark.parametrize("channel", CLIENTS, indirect=True)
@pytest.mark.parametrize("method", ["putcmd", "getreply", "auth", "set_debuglevel", "ehlo_or_helo_if_needed"])
def test_a_method_without_a_counterpart_is_unsupported(channel: Channel, method: str) -> None:
    with FakeServer(script(*EHLO)) as server:
        opened(channel, server)
        assert reason(call(channel, method)).endswith(f"has no counterpart of {method}")


@pytest.mark.parametrize("channel", CLIENTS, indirect=True)
def test_an_attribute_without_a_counterpart_is_unsupported(channel: Channel) -> None:
    with FakeServer(script(*EHLO)) as server:
        opened(channel, server)
        assert "debuglevel" in reason(channel.request(Get(names=("debuglevel",)), within=WITHIN))
        assert "debuglevel" in reason(call(channel, "__setattr__", "debuglevel", 1))


@pytest.mark.parametrize("channel", CLIENTS, indirect=True)
def test_lmtp_is_unsupported(channel: Channel) -> None:
    answer = channel.request(Open(class_name="LMTP", args=("localhost", 24)), within=WITHIN)
    assert reason(answer).endswith("speaks no LMTP")


@pytest.mark.parametrize("channel", CLIENTS, indirect=True)
def test_the_end_of_a_scenario_closes_without_a_word(channel: Channel) -> None:
    with FakeServer(script(*EHLO)) as server:
        opened(channel, server)
        call(channel, "ehlo")
        assert value(channel.request(Close(), within=WITHIN)) is None
        assert server.wait_for_end(0, WITHIN) is not None
        assert not any(b"QUIT" in event.octets for event in server.transcript.events)


class TestAiosmtplib:
    MAIL = (
        *EHLO,
        *asked("MAIL FROM:<alice@example.com> SIZE=*", "250 2.1.0 Ok"),
        *asked("RCPT TO:<bob@example.com>", "550 5.1.1 No such user"),
        *asked("RCPT TO:<carol@example.com>", "250 2.1.5 Ok"),
        *asked("DATA", "354 Go ahead"),
        MailData(content=b"Subject: hi\r\n\r\nA line.\r\n"),
        Reply(octets=b"250 2.0.0 Queued\r\n"),
    )

    def test_refused_recipients_are_returned(self, channel: Channel) -> None:
        with FakeServer(script(*self.MAIL)) as server:
            opened(channel, server)
            to = ["bob@example.com", "carol@example.com"]
            sent = call(channel, "sendmail", "alice@example.com", to, "Subject: hi\r\n\r\nA line.\r\n")
            assert value(sent) == {"bob@example.com": (550, b"5.1.1 No such user")}
            assert not server.transcript.deviations

    @pytest.mark.parametrize(
        ("steps", "name", "attributes"),
        [
            (
                asked("MAIL FROM:*", "550 5.7.1 Not you"),
                "SMTPSenderRefused",
                {"smtp_code": 550, "smtp_error": b"5.7.1 Not you", "sender": "alice@example.com"},
            ),
            (
                (*asked("MAIL FROM:*", "250 Ok"), *asked("RCPT TO:*", "550 5.1.1 No")),
                "SMTPRecipientsRefused",
                {"recipients": {"bob@example.com": (550, b"5.1.1 No")}},
            ),
            (
                (*asked("MAIL FROM:*", "250 Ok"), *asked("RCPT TO:*", "250 Ok"), *asked("DATA", "451 4.3.0 No")),
                "SMTPDataError",
                {"smtp_code": 451, "smtp_error": b"4.3.0 No"},
            ),
        ],
        ids=["sender", "recipients", "data"],
    )
    def test_refusals_have_the_names_of_the_api(
        self, channel: Channel, steps: tuple[Step, ...], name: str, attributes: dict[str, object]
    ) -> None:
        with FakeServer(script(*EHLO, *steps)) as server:
            opened(channel, server)
            error = raised(call(channel, "sendmail", "alice@example.com", ["bob@example.com"], "Hi\r\n"))
            assert {name, "SMTPException", "OSError"} <= set(error.instance_of)
            assert attributes.items() <= error.attributes.items()

    def test_low_level_commands_return_refusals(self, channel: Channel) -> None:
        with FakeServer(
            script(*EHLO, *asked("MAIL FROM:*", "550 5.7.1 Not you"), *asked("XTEST", "500 What"))
        ) as server:
            opened(channel, server)
            call(channel, "ehlo")
            assert value(call(channel, "mail", "alice@example.com")) == (550, b"5.7.1 Not you")
            assert value(call(channel, "docmd", "XTEST")) == (500, b"What")

    def test_a_refused_greeting_is_a_connect_error(self, channel: Channel) -> None:
        refusing = Script(dialogues=(Dialogue(steps=(Reply(octets=b"554 5.3.2 No\r\n"),)),))
        with FakeServer(refusing) as server:
            error = raised(channel.request(Open(class_name="SMTP", args=(server.host, server.port)), within=WITHIN))
        assert error.class_name == "SMTPConnectError"
        assert error.attributes["smtp_code"] == 554

    def test_a_refused_connection_is_the_systems_error(self, channel: Channel) -> None:
        with FakeServer(script()) as server:
            host, port = server.host, server.port
        error = raised(channel.request(Open(class_name="SMTP", args=(host, port)), within=WITHIN))
        assert "ConnectionRefusedError" in error.instance_of

    def test_attributes_are_those_of_the_client(self, channel: Channel) -> None:
        with FakeServer(script(*EHLO)) as server:
            opened(channel, server)
            call(channel, "ehlo")
            seen = value(channel.request(Get(names=("does_esmtp", "esmtp_features", "ehlo_resp")), within=WITHIN))
        assert seen == {
            "does_esmtp": True,
            "esmtp_features": {"size": "1000"},
            "ehlo_resp": b"mail.example.test\nSIZE 1000",
        }

    def test_a_port_behind_the_host_is_unsupported(self, channel: Channel) -> None:
        answer = channel.request(Open(class_name="SMTP", args=("localhost:25",)), within=WITHIN)
        assert "port behind the host" in reason(answer)

    def test_the_next_scenario_has_a_loop_of_its_own(self, channel: Channel) -> None:
        for _ in range(2):
            with FakeServer(script(*EHLO)) as server:
                opened(channel, server)
                value(call(channel, "ehlo"))
                channel.request(Close(), within=WITHIN)


@pytest.mark.parametrize("channel", ["smtpproto"], indirect=True)
class TestSmtpproto:
    def test_text_that_is_no_email_message_is_unsupported(self, channel: Channel) -> None:
        with FakeServer(script(*EHLO)) as server:
            opened(channel, server)
            sent = call(channel, "sendmail", "alice@example.com", "bob@example.com", "Hi\r\n")
            assert "no email message" in reason(sent)

    def test_a_message_is_sent(self, channel: Channel) -> None:
        steps = (
            *asked("MAIL FROM:<alice@example.com>", "250 Ok"),
            *asked("RCPT TO:<bob@example.com>", "250 Ok"),
            *asked("DATA", "354 Go ahead"),
            MailData(content=b"Subject: hi\r\n\r\nA line.\r\n"),
            Reply(octets=b"250 2.0.0 Queued\r\n"),
        )
        with FakeServer(script(*EHLO, *steps)) as server:
            opened(channel, server)
            message = "Subject: hi\r\n\r\nA line.\r\n"
            assert value(call(channel, "sendmail", "alice@example.com", "bob@example.com", message)) == {}
            assert not server.transcript.deviations
