"""The relay passes on what a client and a real server say, and its record replays it."""

from __future__ import annotations

import smtplib
import ssl
from pathlib import Path

import pytest

from conformance.serving.library import FileLibrary
from fake_servers import Authority
from fake_servers.listeners import listen_on_tcp
from fake_servers.mail_server import MailServer
from fake_servers.manners import Conduct
from fake_servers.recording import Unmasked
from fake_servers.relay import Relay, Upstream
from fake_servers.steps import Transport
from tests.fake_servers.aiosmtpd_server import aiosmtpd_server
from tests.fake_servers.wire_client import PATIENCE, WireClient

MESSAGE = "Subject: secret matter\r\n\r\n.A dot.\r\n"
EVERYTHING = Unmasked(credentials=True, content=True)


def relay_to(port: int, authority: Authority | None = None, *, tls: bool = False, lmtp: bool = False) -> Relay:
    context = ssl.create_default_context()
    if authority is not None:
        authority.trust(context)
    upstream = Upstream(host="127.0.0.1", port=port, implicit_tls=tls, context=context)
    return Relay(upstream, listener=listen_on_tcp(), lmtp=lmtp)


def send_through(relay: Relay, *, login: bool = False) -> dict[str, tuple[int, bytes]]:
    context = ssl.create_default_context(cafile=relay.authority.ca_file)
    with smtplib.SMTP(relay.host, relay.port) as client:
        client.ehlo()
        if client.has_extn("starttls"):
            client.starttls(context=context)
        if login:
            client.login("alice", "swordfish")
        return client.sendmail("alice@example.com", ["bob@example.com", "carol@example.com"], MESSAGE)


def test_client_and_server_do_not_notice_it() -> None:
    with aiosmtpd_server() as (port, kept), relay_to(port) as relay:
        refused = send_through(relay)
    assert refused == {"carol@example.com": (550, b"5.1.1 No carol here")}
    assert [(one.mail_from, one.rcpt_tos, one.content) for one in kept.envelopes] == [
        ("alice@example.com", ["bob@example.com"], MESSAGE.encode())
    ]
    assert relay.transcript.breaches == []


def test_tls_ends_in_the_relay_on_both_sides() -> None:
    with Authority() as authority, aiosmtpd_server(authority) as (port, kept), relay_to(port, authority) as relay:
        send_through(relay, login=True)
        assert kept.logins[0][1].password == b"swordfish"
        assert "tls:" in relay.recording.as_script("A title", Unmasked())


def test_what_is_nobodys_business_is_masked() -> None:
    with Authority() as authority, aiosmtpd_server(authority) as (port, _), relay_to(port, authority) as relay:
        send_through(relay, login=True)
    masked, open_ = (relay.recording.as_script("A title", how) for how in (Unmasked(), EVERYTHING))
    secrets = ("c3dvcmRmaXNo", "YWxpY2U", "secret matter", "A dot")
    assert not [secret for secret in secrets if secret in masked]
    assert "secret matter" in open_
    assert "AGFsaWNlAHN3b3JkZmlzaA==" in open_


@pytest.mark.parametrize("unmasked", [Unmasked(), EVERYTHING])
def test_a_script_replays_the_session(tmp_path: Path, unmasked: Unmasked) -> None:
    with Authority() as authority, aiosmtpd_server(authority) as (port, _), relay_to(port, authority) as relay:
        send_through(relay, login=True)
    file = tmp_path / "recorded.yaml"
    file.write_text(relay.recording.as_script("A title", unmasked), encoding="utf-8")
    with MailServer(library=FileLibrary()) as server:
        server.play(str(file), exact=True)
        with smtplib.SMTP(*server.address) as client:
            client.starttls(context=server.client_context())
            client.login("alice", "swordfish")
            refused = client.sendmail("alice@example.com", ["bob@example.com", "carol@example.com"], MESSAGE)
    assert refused == {"carol@example.com": (550, b"5.1.1 No carol here")}
    assert server.transcript.deviations == []


def test_rules_hold_what_was_refused(tmp_path: Path) -> None:
    with aiosmtpd_server() as (port, _), relay_to(port) as relay:
        send_through(relay)
        send_through(relay)
    file = tmp_path / "recorded.yaml"
    file.write_text(relay.recording.as_rules("A title"), encoding="utf-8")
    with MailServer(library=FileLibrary()) as server:
        server.preset(str(file))
        with smtplib.SMTP(*server.address) as client:
            refused = client.sendmail("x@example.com", ["carol@example.com", "dave@example.com"], MESSAGE)
            assert not client.has_extn("pipelining")
    assert refused == {"carol@example.com": (550, b"5.1.1 No carol here")}


def test_a_reply_that_changed_is_a_rule_for_its_turn(tmp_path: Path) -> None:
    with MailServer() as real, relay_to(real.port) as relay:
        real.rule("RCPT TO:<bob@*>", "451 4.7.1 Greylisted", times=1)
        for _ in range(2):
            with WireClient(relay) as client:
                client.begin().say("MAIL FROM:<a@example.com>")
                client.say("RCPT TO:<bob@example.com>")
                client.say("...")
    file = tmp_path / "recorded.yaml"
    file.write_text(relay.recording.as_rules("A title"), encoding="utf-8")
    assert [rule.text for rule in FileLibrary().behaviour(str(file)).rules] == [
        "RCPT TO:<bob@example.com>: nth 1, reply 451 4.7.1 Greylisted"
    ]


def test_lmtp_has_a_reply_for_each_recipient() -> None:
    with MailServer(Conduct(lmtp=True)) as real, relay_to(real.port, lmtp=True) as relay, WireClient(relay) as client:
        real.rule("end of data", "452 4.2.2 Full", recipient="bob@*")
        client.begin("LHLO c.example").say("MAIL FROM:<a@example.com>")
        client.say("RCPT TO:<bob@example.com>")
        client.say("RCPT TO:<carol@example.com>")
        client.say("DATA")
        client.send("x\r\n.\r\n")
        assert [client.reply()[:3], client.reply()[:3]] == ["452", "250"]


def test_implicit_tls_on_the_servers_side() -> None:
    with MailServer(transport=Transport.TLS) as real, relay_to(real.port, real.authority, tls=True) as relay:
        with WireClient(relay) as client:
            client.begin().mail(b"x\r\n")
        assert real.message.session.tls


def test_a_server_that_is_not_there_is_a_reply_to_the_client() -> None:
    with MailServer() as real:
        port = real.port
    with relay_to(port) as relay, WireClient(relay) as client:
        assert client.reply() == "421 4.4.1 The server behind this relay cannot be reached"


def test_a_server_that_hangs_up_hangs_up_on_the_client() -> None:
    with MailServer() as real, relay_to(real.port) as relay, WireClient(relay) as client:
        real.rule("MAIL", close="rst")
        client.begin().send("MAIL FROM:<a@example.com>\r\n")
        assert client.to_end() == b""
        relay.wait_until_ended(1, 0)
        assert "close: fin" in relay.recording.as_script("A title", Unmasked())


def test_it_stops_in_time_while_the_server_is_silent() -> None:
    with MailServer() as real, relay_to(real.port) as relay, WireClient(relay) as client:
        real.rule("NOOP", silence=True)
        client.begin().send("NOOP\r\n")
        real.wait_until_idle(PATIENCE)
        relay.stop()
        assert relay.transcript.faults == []
