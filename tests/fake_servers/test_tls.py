"""TLS as the scripts want it: good and bad certificates, cut negotiations, and every way to end it."""

from __future__ import annotations

import os
import select
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_servers import Authority, Certificate, Deviation, End, Ending, FakeServer, Kind, Transport, limits, wire_rules
from fake_servers.certificates import CLIENT_NAME
from fake_servers.steps import CheckPeer, Close, Dribble, NegotiateTls, Octets, Pause
from tests.fake_servers.wire_client import (
    PATIENCE,
    WireClient,
    command,
    hello,
    notes,
    reply,
    script,
    sent_by_client,
    starttls,
    transaction,
)


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with Authority() as made:
        yield made


@pytest.fixture
def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority.ca_file)


def deviations(server: FakeServer) -> list[Deviation]:
    server.stop()
    assert server.transcript.faults == []
    return server.transcript.deviations


def test_implicit_tls_plays_the_same_dialogue(authority: Authority, trusting: ssl.SSLContext) -> None:
    played = script(*hello(), *transaction(b"hi\r\n"), transport=Transport.TLS)
    with FakeServer(played, authority=authority) as server:
        with WireClient(server).negotiate(trusting) as client:
            assert client.begin().mail(b"hi\r\n") == "250 queued"
            assert client.say("QUIT") == "221 2.0.0 Bye"
            assert client.to_end() == b""
        assert deviations(server) == []
        assert server.transcript.breaches == []
        assert all(event.encrypted for event in server.transcript.events if event.octets)
        assert b"EHLO client.example.org\r\n" in [event.octets for event in server.transcript.events]


def test_starttls_goes_on_under_tls(authority: Authority, trusting: ssl.SSLContext) -> None:
    steps = (*hello("STARTTLS"), *starttls(), *hello()[1:])
    with FakeServer(script(*steps), authority=authority) as server:
        with WireClient(server) as client:
            assert client.begin().say("STARTTLS") == "220 go"
            assert client.negotiate(trusting).say("EHLO a") == "250 fake.example.test"
        assert deviations(server) == []
        encrypted = [(event.octets, event.encrypted) for event in server.transcript.events if event.kind is Kind.CLIENT]
        assert encrypted == [(b"EHLO client.example.org\r\n", False), (b"STARTTLS\r\n", False), (b"EHLO a\r\n", True)]


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "mail.example.test", "other.example.test"])
def test_the_trusted_certificate_is_good_for_the_names_of_scenarios(
    name: str, authority: Authority, trusting: ssl.SSLContext
) -> None:
    with FakeServer(script(reply("220 ready"), transport=Transport.TLS), authority=authority) as server:
        with WireClient(server).negotiate(trusting, name) as client:
            assert client.reply() == "220 ready"
        server.stop()
        peer = server.transcript.connections[0].peer
        assert peer.server_name == ("" if name == "127.0.0.1" else name)
        assert peer.tls == "TLSv1.3"


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        (Certificate.WRONG_HOST, "Hostname mismatch"),
        (Certificate.UNTRUSTED, "unable to get local issuer certificate"),
        (Certificate.EXPIRED, "certificate has expired"),
    ],
)
def test_a_bad_certificate_is_refused_by_a_client_that_checks(
    certificate: Certificate, reason: str, authority: Authority, trusting: ssl.SSLContext
) -> None:
    steps = (*hello("STARTTLS"), *starttls(NegotiateTls(certificate=certificate)))
    with FakeServer(script(*steps), authority=authority) as server:
        with WireClient(server) as client:
            client.begin().say("STARTTLS")
            with pytest.raises(ssl.SSLCertVerificationError, match=reason):
                client.negotiate(trusting)
        assert deviations(server) == []
        assert any("TLS negotiation failed" in note for note in notes(server))


@pytest.mark.parametrize("certificate", list(Certificate))
def test_a_client_that_does_not_check_accepts_any_certificate(certificate: Certificate, authority: Authority) -> None:
    careless = ssl.create_default_context()
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE
    played = script(NegotiateTls(certificate=certificate), reply("220 ready"), transport=Transport.TLS)
    with FakeServer(played, authority=authority) as server:
        with WireClient(server).negotiate(careless) as client:
            assert client.reply() == "220 ready"
        assert deviations(server) == []


def test_a_client_that_leaves_at_the_certificate_leaves_steps_over(authority: Authority) -> None:
    with FakeServer(script(*hello(), transport=Transport.TLS), authority=authority) as server:
        with WireClient(server) as client, pytest.raises(ssl.SSLCertVerificationError):
            client.negotiate(ssl.create_default_context())
        (deviation,) = deviations(server)
        assert "after the TLS negotiation had failed" in deviation.received


@pytest.mark.parametrize(("optional", "left"), [(True, []), (False, ["TLS"])])
def test_a_client_may_close_instead_of_optional_tls(optional: bool, left: list[str], authority: Authority) -> None:
    with FakeServer(
        script(*hello("STARTTLS"), *starttls(NegotiateTls(optional=optional))), authority=authority
    ) as server:
        with WireClient(server) as client:
            assert client.begin().say("STARTTLS") == "220 go"
        assert server.wait_for_end(0, PATIENCE) is End.CLIENT_CLOSED
        assert [deviation.expected for deviation in deviations(server)] == left


def test_a_client_certificate_can_be_required(authority: Authority, trusting: ssl.SSLContext) -> None:
    trusting.load_cert_chain(authority.client_certificate_file, authority.client_key_file)
    steps = (NegotiateTls(require_client_certificate=True), CheckPeer(facts={"client_certificate": CLIENT_NAME}))
    with FakeServer(script(*steps, reply("220 ready")), authority=authority) as server:
        with WireClient(server).negotiate(trusting) as client:
            assert client.reply() == "220 ready"
        assert deviations(server) == []


def test_a_client_without_the_required_certificate_is_refused(authority: Authority, trusting: ssl.SSLContext) -> None:
    with (
        FakeServer(script(NegotiateTls(require_client_certificate=True)), authority=authority) as server,
        WireClient(server) as client,
        pytest.raises(ssl.SSLError, match="certificate required"),
    ):
        client.negotiate(trusting).segment()


def test_a_cut_by_fin_ends_the_negotiation(authority: Authority, trusting: ssl.SSLContext) -> None:
    steps = (*hello("STARTTLS"), *starttls(NegotiateTls(cut=Ending.FIN)))
    with FakeServer(script(*steps), authority=authority) as server:
        with WireClient(server) as client:
            client.begin().say("STARTTLS")
            with pytest.raises(ssl.SSLEOFError):
                client.negotiate(trusting)
        assert deviations(server) == []


def test_octets_of_tls_that_come_while_it_is_refused_are_not_taken_for_lines(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RECEIVE_OCTETS", 6)  # the rest of the record is there, and not read yet
    steps = (*hello("STARTTLS"), *starttls(NegotiateTls(cut=Ending.FIN)))
    with FakeServer(script(*steps), authority=authority) as server, WireClient(server) as client:
        client.begin().say("STARTTLS")
        client.send(b"\x16\x03\x01\x00\x08" + b"\x01\n\xff\n" * 2)
        assert client.segment() == b""
        client.close()
        server.stop()
        assert server.transcript.breaches == []
        assert sent_by_client(server)[-1] == b"STARTTLS\r\n"


def test_a_cut_by_rst_resets_the_negotiation(authority: Authority, trusting: ssl.SSLContext) -> None:
    with FakeServer(script(NegotiateTls(cut=Ending.RST)), authority=authority) as server:
        with WireClient(server) as client, pytest.raises(ConnectionResetError):
            client.negotiate(trusting)
        assert deviations(server) == []


def test_an_answer_in_clear_is_no_tls_and_what_the_client_says_behind_it_in_clear_is_a_breach(
    authority: Authority, trusting: ssl.SSLContext
) -> None:
    steps = (*hello("STARTTLS"), *starttls(NegotiateTls(instead=b"500\r\n")))
    with FakeServer(script(*steps), authority=authority) as server:
        with WireClient(server) as client:
            client.begin().say("STARTTLS")
            spare = client.socket.dup()
            with pytest.raises(ssl.SSLError, match="WRONG_VERSION_NUMBER"):
                client.negotiate(trusting)
            spare.sendall(b"NOOP\r\n")
            spare.close()
        assert deviations(server) == []
        assert [breach.rule for breach in server.transcript.breaches] == [wire_rules.NOTHING_IN_CLEAR]


def test_fin_under_tls_comes_behind_close_notify(authority: Authority, trusting: ssl.SSLContext) -> None:
    played = script(reply("220 ready"), Close(ending=Ending.FIN), transport=Transport.TLS)
    with FakeServer(played, authority=authority) as server, WireClient(server).negotiate(trusting) as client:
        assert client.to_end() == b"220 ready\r\n"


def test_a_missing_close_notify_is_seen_by_a_client_that_checks(authority: Authority, trusting: ssl.SSLContext) -> None:
    played = script(reply("220 ready"), Close(ending=Ending.NO_NOTIFY), transport=Transport.TLS)
    with FakeServer(played, authority=authority) as server, WireClient(server).negotiate(trusting) as client:
        assert client.reply() == "220 ready"
        with pytest.raises(ssl.SSLEOFError):
            client.segment()


def test_rst_under_tls_is_a_connection_reset(authority: Authority, trusting: ssl.SSLContext) -> None:
    played = script(reply("220 ready"), Close(ending=Ending.RST), transport=Transport.TLS)
    with FakeServer(played, authority=authority) as server, WireClient(server).negotiate(trusting) as client:
        assert client.reply() == "220 ready"
        select.select([client.socket], [], [], PATIENCE)
        with pytest.raises(ConnectionResetError):
            # Not through TLS: in CPython 3.10 and 3.11 it reports ECONNRESET while reading as SSLEOFError.
            os.read(client.socket.fileno(), 1)


def test_after_close_notify_alone_the_connection_goes_on_in_clear(
    authority: Authority, trusting: ssl.SSLContext
) -> None:
    steps = (
        reply("220 ready"),
        Close(ending=Ending.NOTIFY_ONLY),
        reply("220 in clear"),
        command("HELP"),
        reply("214 help"),
    )
    with FakeServer(script(*steps, transport=Transport.TLS), authority=authority) as server:
        with WireClient(server).negotiate(trusting) as client:
            assert client.reply() == "220 ready"
            assert client.segment() == b""
            assert isinstance(client.socket, ssl.SSLSocket)
            client.socket = client.socket.unwrap()
            assert client.reply() == "220 in clear"
            assert client.say("HELP") == "214 help"
        assert deviations(server) == []
        shown = [(event.octets, event.encrypted) for event in server.transcript.events if event.octets]
        assert shown[-3:] == [(b"220 in clear\r\n", False), (b"HELP\r\n", False), (b"214 help\r\n", False)]


def test_a_client_that_ends_without_close_notify_has_closed(authority: Authority, trusting: ssl.SSLContext) -> None:
    with FakeServer(script(reply("220 ready"), transport=Transport.TLS), authority=authority) as server:
        with WireClient(server).negotiate(trusting) as client:
            client.reply()
        assert server.wait_for_end(0, PATIENCE) is End.CLIENT_CLOSED


def test_plaintext_can_be_injected_behind_starttls(authority: Authority, trusting: ssl.SSLContext) -> None:
    injected = b"220 go\r\n250 injected\r\n"
    steps = (*hello("STARTTLS"), command("STARTTLS"), Octets(octets=injected), NegotiateTls(), *hello()[1:])
    with FakeServer(script(*steps), authority=authority) as server:
        with WireClient(server) as client:
            client.begin().send("STARTTLS\r\n")
            assert client.segment() == injected
            assert client.negotiate(trusting).say("EHLO a") == "250 fake.example.test"
        assert deviations(server) == []


def test_each_write_under_tls_is_a_record(authority: Authority, trusting: ssl.SSLContext) -> None:
    played = script(Dribble(octets=1), reply("220 ready"), transport=Transport.TLS)
    with FakeServer(played, authority=authority) as server, WireClient(server).negotiate(trusting) as client:
        assert [client.segment() for _ in range(11)] == [bytes([octet]) for octet in b"220 ready\r\n"]


def test_octets_in_clear_behind_starttls_are_a_breach(authority: Authority) -> None:
    with FakeServer(script(*hello("STARTTLS"), *starttls()), authority=authority) as server:
        with WireClient(server) as client:
            client.begin().say("STARTTLS")
            client.send("EHLO in clear\r\n")
        deviations(server)
        (breach,) = server.transcript.breaches
        assert breach.rule == wire_rules.NOTHING_IN_CLEAR
        assert server.transcript.events[breach.event].octets == b"EHLO in clear\r\n"


def test_octets_in_clear_after_a_refused_certificate_are_a_breach(
    authority: Authority, trusting: ssl.SSLContext
) -> None:
    steps = (*hello("STARTTLS"), *starttls(NegotiateTls(certificate=Certificate.UNTRUSTED)))
    with FakeServer(script(*steps), authority=authority) as server:
        with WireClient(server) as client, client.socket.dup() as in_clear:
            client.begin().say("STARTTLS")
            with pytest.raises(ssl.SSLCertVerificationError):
                client.negotiate(trusting)
            in_clear.sendall(b"AUTH PLAIN AGEAYg==\r\n")
            while in_clear.recv(65536):  # a socket that is closed with octets unread resets the connection
                pass
        deviations(server)
        (breach,) = server.transcript.breaches
        assert breach.rule == wire_rules.NOTHING_IN_CLEAR
        assert server.transcript.events[breach.event].octets == b"AUTH PLAIN AGEAYg==\r\n"


def test_tls_that_the_script_does_not_negotiate_breaks_no_rule(authority: Authority, trusting: ssl.SSLContext) -> None:
    steps = (*hello("STARTTLS"), command("STARTTLS"), reply("220 go"), Pause(seconds=0.05), Close(ending=Ending.FIN))
    with FakeServer(script(*steps), authority=authority) as server:
        with WireClient(server) as client:
            client.begin().say("STARTTLS")
            with pytest.raises(ssl.SSLEOFError):
                client.negotiate(trusting)
        assert deviations(server) == []
        assert server.transcript.breaches == []


def test_tls_that_comes_during_a_pause_is_negotiated_behind_it(authority: Authority, trusting: ssl.SSLContext) -> None:
    steps = (
        *hello("STARTTLS"),
        command("STARTTLS"),
        reply("220 go"),
        Pause(seconds=0.05),
        NegotiateTls(),
        *hello()[1:],
    )
    with FakeServer(script(*steps), authority=authority) as server:
        with WireClient(server) as client:
            client.begin().say("STARTTLS")
            assert client.negotiate(trusting).say("EHLO a") == "250 fake.example.test"
        assert deviations(server) == []


def test_courtesy_under_tls_does_not_offer_starttls_again(authority: Authority, trusting: ssl.SSLContext) -> None:
    with FakeServer(script(*hello("SIZE 9", "STARTTLS"), *starttls()), authority=authority) as server:
        with WireClient(server) as client:
            client.begin().say("STARTTLS")
            client.negotiate(trusting).send("EHLO a\r\n")
            assert client.segment() == b"250-fake.example.test\r\n250 SIZE 9\r\n"
        assert deviations(server) == []


def test_the_files_of_an_authority_are_removed_with_it() -> None:
    with Authority() as made:
        files = [Path(made.ca_file), Path(made.client_certificate_file), Path(made.client_key_file)]
        assert all(file.read_text().startswith("-----BEGIN") for file in files)
    assert not any(file.exists() for file in files)
    made.close()


def test_a_context_is_made_once(authority: Authority) -> None:
    assert authority.server_context() is authority.server_context(Certificate.TRUSTED)
    assert authority.server_context() is not authority.server_context(require_client_certificate=True)
