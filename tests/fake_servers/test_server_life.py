"""A server's life: it listens at once, says when it is done, and always stops in time."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import pytest

from fake_servers import Dialogue, End, FakeServer, Script, Transport
from fake_servers.steps import Octets, Pause, Silence, Stall, Step
from tests.fake_servers.wire_client import PATIENCE, WireClient, command, hello, reply, script, sent_by_client


def test_a_server_listens_on_a_port_of_its_own() -> None:
    with FakeServer(script(*hello())) as one, FakeServer(script(*hello())) as other:
        assert (one.host, one.path) == ("127.0.0.1", "")
        assert one.port != other.port


def test_a_client_may_connect_before_the_server_plays() -> None:
    server = FakeServer(script(*hello()))
    with WireClient(server) as client, server:
        assert client.reply() == "220 ready"


def test_a_unix_socket_lies_in_a_directory_of_its_own_that_is_removed(tmp_path: Path) -> None:
    short = Path("/tmp") if len(str(tmp_path)) > 60 else tmp_path  # noqa: S108
    with FakeServer(script(*hello(), transport=Transport.UNIX), directory=short) as server:
        assert (server.host, server.port) == ("", 0)
        assert Path(server.path).parent.parent == short
        with WireClient(server) as client:
            client.begin()
        path = Path(server.path)
    assert not path.parent.exists()


def test_a_directory_too_deep_for_a_unix_socket_is_refused(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    with pytest.raises(ValueError, match="needs a path of at most"):
        FakeServer(script(*hello(), transport=Transport.UNIX), directory=deep)
    assert list(deep.iterdir()) == []


def test_stop_cuts_a_client_that_hangs() -> None:
    with FakeServer(script(*hello(), command("HELP"))) as server, WireClient(server) as client:
        client.begin()
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 1
        assert client.to_end() == b""
        assert server.transcript.connections[0].end is End.CUT
        assert [deviation.received for deviation in server.transcript.deviations] == [
            "nothing more: the fake server was stopped"
        ]


@pytest.mark.parametrize("step", [Pause(seconds=60), Silence(), Silence(reading=False)])
def test_stop_ends_any_step_at_once(step: Pause | Silence) -> None:
    with FakeServer(script(step)) as server, WireClient(server) as client:
        client.send("no matter\r\n")
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 1
        assert server.transcript.faults == []


def test_stop_ends_a_client_that_does_not_go_on_in_a_tls_negotiation() -> None:
    with FakeServer(script(*hello(), transport=Transport.TLS)) as server, WireClient(server):
        server.stop()
        assert server.transcript.connections[0].end is End.CUT


def test_stop_works_off_what_has_arrived() -> None:
    for _ in range(20):
        with FakeServer(script(*hello(), command("HELP"), reply("214 help"))) as server:
            with WireClient(server) as client:
                client.begin().send("HELP\r\n")
            server.stop()
            assert sent_by_client(server)[-1] == b"HELP\r\n"
            assert server.transcript.deviations == []
            assert server.transcript.connections[0].end in {End.CLIENT_CLOSED, End.CLIENT_RESET}


def test_stop_may_be_called_again_and_from_several_threads() -> None:
    server = FakeServer(script(*hello()))
    server.start()
    threads = [threading.Thread(target=server.stop) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    server.stop()
    assert not any(thread.is_alive() for thread in threads)


def test_a_server_that_never_played_can_be_stopped() -> None:
    server = FakeServer(script(*hello()))
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), PATIENCE)


def test_no_thread_is_left() -> None:
    before = threading.active_count()
    with FakeServer(script(*hello())) as server, WireClient(server) as client:
        client.begin()
    assert threading.active_count() == before


def test_played_means_that_nothing_is_left_to_play() -> None:
    with FakeServer(script(*hello())) as server, WireClient(server) as client:
        client.reply()
        assert not server.wait_until_played(0.05)
        client.say("EHLO a")
        assert server.wait_until_played(PATIENCE)


def test_idle_means_that_the_server_waits_for_its_client() -> None:
    with FakeServer(script(*hello(), command("HELP"))) as server, WireClient(server) as client:
        client.begin()
        assert server.wait_until_idle(PATIENCE)


def test_a_pause_is_not_idle() -> None:
    with FakeServer(script(Pause(seconds=60))) as server, WireClient(server):
        assert not server.wait_until_idle(0.05)


def test_the_end_of_a_connection_is_awaited_no_longer_than_asked() -> None:
    with FakeServer(script(*hello())) as server, WireClient(server) as client:
        client.begin()
        assert server.wait_for_end(0, 0.01) is End.OPEN
        assert server.wait_for_end(7, 0.01) is End.OPEN
        client.close()
        assert server.wait_for_end(0, PATIENCE) is End.CLIENT_CLOSED


def test_many_connections_are_served_at_once() -> None:
    count = 100
    dialogues = tuple(
        Dialogue(steps=(Octets(octets=b"220 ready\r\n"), command("HELP"), reply("214 help"))) for _ in range(count)
    )
    with FakeServer(Script(dialogues=dialogues)) as server:
        clients = [WireClient(server) for _ in range(count)]
        for client in clients:
            assert client.reply() == "220 ready"
        for client in clients:
            assert client.say("HELP") == "214 help"
            client.close()
        server.stop()
        assert server.transcript.deviations == []
        assert len(server.transcript.connections) == count


@pytest.mark.parametrize("step", [Pause(seconds=60), Stall(seconds=60), Silence(), Silence(reading=False)])
def test_a_client_too_many_is_turned_away_whatever_the_first_one_meets_meanwhile(step: Step) -> None:
    with FakeServer(script(reply("220 ready"), step)) as server, WireClient(server) as first:
        first.reply()
        for number in range(2):
            with WireClient(server) as other:
                assert other.segment() == b""
            assert server.transcript.deviations[number].received == f"connection number {number + 2}"
        server.stop()
        assert server.transcript.faults == []


def test_a_server_that_can_start_no_thread_tells_so_and_serves_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    dialogue = Dialogue(steps=(reply("220 ready"), command("HELP"), reply("214 help")))
    with FakeServer(Script(dialogues=(dialogue, dialogue))) as server:
        with WireClient(server) as first:
            first.reply()
            monkeypatch.setattr(threading.Thread, "start", no_more)
            with WireClient(server) as second:
                assert first.segment() == b""
                assert second.reply() == "220 ready"
                assert second.say("HELP") == "214 help"
        monkeypatch.undo()
        server.stop()
        assert "can't start new thread" in server.transcript.faults[0]
        assert server.transcript.connections[0].end is End.CUT
