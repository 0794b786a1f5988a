"""What holds in the candidate's process before the calls, and only until ``close``."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

from conformance.driver.answers import AuditEvent, Observation, Raised, Returned, Unsupported
from conformance.driver.channel import Channel
from conformance.driver.requests import MODULE, Call, Close, Get, Given, Hosts, Open
from conformance.driver.values import Absent, Named
from tests.conformance.driver.asking import WITHIN, observe, raised, returned


@pytest.fixture
def channel(everywhere: Channel) -> Iterator[Channel]:
    """A channel on which nothing is given yet; the scenario is closed afterwards."""
    yield everywhere
    everywhere.request(Close(), within=WITHIN)


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A listening socket."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(WITHIN)
        yield listening


def give(channel: Channel, given: Given) -> None:
    assert returned(channel, given) is None
    assert returned(channel, Open(class_name="SMTP")) == Named("client")


def leave_and_open_again(channel: Channel) -> Observation:
    closing = observe(channel, Close())
    returned(channel, Open(class_name="SMTP"))
    return closing


def test_a_driver_is_not_asked_for_what_it_cannot_give(everywhere: Channel) -> None:
    wanted = Given(fqdn="a.example", audit=())
    missing = [name for name in wanted.capabilities() if name not in everywhere.identity.capabilities]
    answer = everywhere.request(wanted, within=WITHIN)
    assert isinstance(answer, Unsupported) == bool(missing)
    everywhere.request(Close(), within=WITHIN)


class TestNames:
    def test_the_name_of_this_host_until_close(self, channel: Channel) -> None:
        give(channel, Given(fqdn="client.example.org"))
        assert returned(channel, Call(method="fqdn")) == ("client.example.org", "client.example.org")
        leave_and_open_again(channel)
        seen = returned(channel, Get(names=("socket.getfqdn", "getfqdn"), on=MODULE))
        assert repr(seen).count("<function getfqdn>") == 2


class TestDefaultTimeout:
    def test_the_default_timeout_until_close(self, channel: Channel) -> None:
        give(channel, Given(default_timeout=7.5))
        assert returned(channel, Call(method="timeout")) == 7.5
        leave_and_open_again(channel)
        assert returned(channel, Call(method="timeout")) is None


class TestHosts:
    def hosts(self, server: socket.socket, **names: tuple[str, ...]) -> Given:
        table = {name.replace("_", "."): routes for name, routes in names.items()}
        return Given(hosts=Hosts(names=table, server=server.getsockname()))  # type: ignore[arg-type]

    def test_a_name_of_the_table_leads_to_the_server_whatever_the_port(
        self, channel: Channel, server: socket.socket
    ) -> None:
        give(channel, self.hosts(server, mail_example=("server",)))
        seen = observe(channel, Call(method="connect", args=("Mail.Example", 25)))
        assert seen.outcome == Returned(value=None)
        assert seen.dialled == (("mail.example", 25),)
        server.accept()[0].close()

    def test_a_second_address_is_tried_when_the_first_refuses(self, channel: Channel, server: socket.socket) -> None:
        give(channel, self.hosts(server, mail_example=("refused", "unreachable", "server")))
        assert (
            observe(channel, Call(method="connect", args=("mail.example", 465))).dialled == (("mail.example", 465),) * 3
        )
        server.accept()[0].close()

    @pytest.mark.parametrize(("route", "kind"), [("refused", "ConnectionRefusedError"), ("unreachable", "OSError")])
    def test_an_address_can_lead_nowhere(self, channel: Channel, server: socket.socket, route: str, kind: str) -> None:
        give(channel, self.hosts(server, mail_example=(route,)))
        error = raised(channel, Call(method="connect", args=("mail.example", 25)))
        assert error.class_name == kind
        assert error.attributes["errno"]

    def test_a_name_that_is_not_in_the_table_does_not_exist(self, channel: Channel, server: socket.socket) -> None:
        give(channel, self.hosts(server, mail_example=("server",)))
        error = raised(channel, Call(method="connect", args=("other.example", 25)))
        assert "socket.gaierror" in error.instance_of

    def test_an_address_literal_reaches_what_it_names(self, channel: Channel, server: socket.socket) -> None:
        give(channel, self.hosts(server, mail_example=("refused",)))
        host, port = server.getsockname()
        assert observe(channel, Call(method="connect", args=(host, port))).dialled == ((host, port),)
        server.accept()[0].close()

    def test_an_address_literal_can_stand_in_the_table(self, channel: Channel, server: socket.socket) -> None:
        names = {"2001:db8::25": ("server",)}
        give(channel, Given(hosts=Hosts(names=names, server=server.getsockname())))  # type: ignore[arg-type]
        assert observe(channel, Call(method="connect", args=("2001:db8::25", 25))).dialled == (("2001:db8::25", 25),)
        server.accept()[0].close()

    def test_a_name_is_connected_to_without_a_lookup(self, channel: Channel, server: socket.socket) -> None:
        give(channel, self.hosts(server, mail_example=("server",), gone_example=("refused",)))
        assert returned(channel, Call(method="connect_directly", args=("mail.example", 25))) == 0
        server.accept()[0].close()
        assert returned(channel, Call(method="connect_directly", args=("gone.example", 25))) != 0

    def test_a_client_on_asyncio_gets_there_too(self, channel: Channel, server: socket.socket) -> None:
        give(channel, self.hosts(server, mail_example=("refused", "server")))
        seen = observe(channel, Call(method="connect_async", args=("mail.example", 587)))
        assert seen.outcome == Returned(value=None)
        assert seen.dialled == (("mail.example", 587),) * 2
        server.accept()[0].close()

    def test_the_table_is_gone_after_close(self, channel: Channel, server: socket.socket) -> None:
        give(channel, self.hosts(server, mail_example=("server",), localhost=("refused",)))
        assert leave_and_open_again(channel).dialled == ()
        port = server.getsockname()[1]
        seen = observe(channel, Call(method="connect", args=("localhost", port)))
        assert (seen.outcome, seen.dialled) == (Returned(value=None), ())
        server.accept()[0].close()


class TestWithout:
    def test_an_absent_module_cannot_be_imported_until_close(self, channel: Channel) -> None:
        give(channel, Given(without=("ssl",)))
        assert returned(channel, Call(method="has_ssl")) == (False, False)
        leave_and_open_again(channel)
        assert returned(channel, Call(method="has_ssl")) == (True, True)

    @pytest.mark.parametrize("way", ["constructor", "new", "hmac", "hmac by function"])
    def test_an_absent_digest_is_refused_as_in_fips_mode(self, channel: Channel, way: str) -> None:
        give(channel, Given(without=("md5",)))
        assert raised(channel, Call(method="digest", args=(way,))).class_name == "ValueError"
        leave_and_open_again(channel)
        assert isinstance(returned(channel, Call(method="digest", args=(way,))), str)

    def test_other_digests_are_left(self, channel: Channel) -> None:
        give(channel, Given(without=("md5",)))
        assert isinstance(returned(channel, Call(method="digest", args=("other",))), str)

    def test_a_client_that_cannot_be_imported_so_raises_ever_after(self, channel: Channel) -> None:
        assert raised(channel, Given(without=("collections",))).class_name in ("ModuleNotFoundError", "ImportError")
        error = raised(channel, Open(class_name="SMTP"))
        assert (error.class_name, "cannot be imported" in error.text) == ("ImportError", True)
        leave_and_open_again(channel)


class TestAudit:
    @pytest.fixture
    def channel(self, channel: Channel) -> Channel:
        version = re.search(r"(\d+)\.(\d+)", channel.identity.language)
        assert version is not None
        has_hooks = tuple(map(int, version.groups())) >= (3, 8)
        assert ("audit" in channel.identity.capabilities) == has_hooks
        if not has_hooks:
            pytest.skip("audit hooks came with Python 3.8")
        return channel

    def test_events_are_recorded_with_the_objects_name(self, channel: Channel) -> None:
        give(channel, Given(audit=()))
        seen = observe(channel, Call(method="send", args=(b"NOOP\r\n",)))
        event = AuditEvent(name="smtplib.send", args=(Named("client"), b"NOOP\r\n"))
        assert (seen.outcome, seen.events) == (Returned(value=None), (event,))
        assert observe(channel, Close()).events == (event,)

    def test_an_object_has_its_name_while_it_is_made(self, channel: Channel) -> None:
        give(channel, Given(audit=()))
        seen = observe(channel, Open(class_name="LMTP", name="other"))
        assert seen.events == (AuditEvent(name="smtplib.connect", args=(Named("other"), "h", 24)),)

    def test_a_vetoed_event_raises(self, channel: Channel) -> None:
        give(channel, Given(audit=("smtplib.send",)))
        seen = observe(channel, Call(method="send", args=(b"x",)))
        assert isinstance(seen.outcome, Raised)
        assert (seen.outcome.class_name, len(seen.events)) == ("RuntimeError", 1)

    def test_nothing_is_recorded_nor_vetoed_after_close(self, channel: Channel) -> None:
        give(channel, Given(audit=("smtplib.send",)))
        leave_and_open_again(channel)
        seen = observe(channel, Call(method="send", args=(b"x",)))
        assert (seen.outcome, seen.events) == (Returned(value=None), ())


class TestClose:
    def test_sockets_are_closed_though_file_objects_hold_them(self, channel: Channel, server: socket.socket) -> None:
        returned(channel, Open(class_name="SMTP", args=tuple(server.getsockname())))
        peer, _ = server.accept()
        with peer:
            peer.settimeout(WITHIN)
            returned(channel, Close())
            assert peer.recv(100) == b""

    def test_objects_are_gone(self, channel: Channel) -> None:
        returned(channel, Open(class_name="SMTP"))
        returned(channel, Close())
        assert raised(channel, Call(method="hook", args=(1,))).class_name == "NameError"


class TestStandardLibrary:
    """The same with the client that all others are like."""

    def test_smtplib_without_ssl_has_no_implicit_tls(self, drive_smtplib: Channel) -> None:
        returned(drive_smtplib, Given(without=("ssl",)))
        assert isinstance(self.implicit_tls(drive_smtplib), Absent)
        returned(drive_smtplib, Close())
        assert not isinstance(self.implicit_tls(drive_smtplib), Absent)

    def implicit_tls(self, channel: Channel) -> object:
        seen = returned(channel, Get(names=("SMTP_SSL",), on=MODULE))
        assert isinstance(seen, dict)
        return seen["SMTP_SSL"]
