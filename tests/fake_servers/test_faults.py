"""Each named fault does on the wire what its name says."""

from __future__ import annotations

import select
import socket
import time

import pytest

from fake_servers import End, Ending, FakeServer, Kind, Transport, limits
from fake_servers.steps import Close, Dribble, Flood, Octets, Pause, Pieces, Silence
from tests.fake_servers.wire_client import PATIENCE, WireClient, command, hello, notes, reply, script, transaction


def test_fin_ends_the_output_and_what_still_comes_is_recorded() -> None:
    with FakeServer(script(reply("220 ready"), Close(ending=Ending.FIN))) as server:
        with WireClient(server) as client:
            assert client.to_end() == b"220 ready\r\n"
            client.send("into the void\r\n")
            assert server.wait_until_idle(PATIENCE)
            assert server.transcript.connections[0].end is End.SERVER_CLOSED
        assert server.wait_for_end(0, PATIENCE) is End.CLIENT_CLOSED
        assert server.transcript.events[-2].octets == b"into the void\r\n"
        assert server.transcript.deviations == []


def test_rst_is_a_connection_reset() -> None:
    with FakeServer(script(reply("220 ready"), command("EHLO *"), Close(ending=Ending.RST))) as server:
        with WireClient(server) as client:
            client.reply()
            client.send("EHLO a\r\n")
            with pytest.raises(ConnectionResetError):
                client.segment()
        assert server.wait_for_end(0, PATIENCE) is End.SERVER_CLOSED
        assert "RST sent" in notes(server)


def test_rst_at_once_is_a_connection_reset() -> None:
    with (
        FakeServer(script(Close(ending=Ending.RST))) as server,
        pytest.raises(ConnectionResetError),  # by connect() already, if the server is the faster one
        WireClient(server) as client,
    ):
        client.segment()


def test_a_reply_before_rst_still_arrives() -> None:
    steps = (command("HELP"), Octets(octets=b"x" * 5000), Close(ending=Ending.RST))
    with FakeServer(script(*steps)) as server, WireClient(server) as client:
        client.send("HELP\r\n")
        octets = b""
        with pytest.raises(ConnectionResetError):  # noqa: PT012 - all that comes before the reset is read
            while True:
                octets += client.segment()
        assert octets == b"x" * 5000


def test_a_unix_socket_knows_no_reset_and_the_transcript_says_so() -> None:
    with FakeServer(script(Close(ending=Ending.RST), transport=Transport.UNIX)) as server:
        with WireClient(server) as client:
            assert client.to_end() == b""
        server.wait_for_end(0, PATIENCE)
        assert "closed: a Unix socket knows no reset" in notes(server)


def test_half_ends_the_output_only_and_the_script_goes_on_reading() -> None:
    steps = (reply("220 ready"), Close(ending=Ending.HALF), command("EHLO a"), command("QUIT"))
    with FakeServer(script(*steps)) as server:
        with WireClient(server) as client:
            assert client.to_end() == b"220 ready\r\n"
            client.send("EHLO a\r\n")
            client.send("QUIT\r\n")
            assert server.wait_until_played(PATIENCE)
            assert server.transcript.connections[0].end is End.OPEN
        assert server.wait_for_end(0, PATIENCE) is End.CLIENT_CLOSED
        assert server.transcript.deviations == []


def test_silence_says_nothing_and_reads_on() -> None:
    with FakeServer(script(*hello(), Silence())) as server:
        with WireClient(server) as client:
            client.begin()
            client.send("NOOP\r\n")
            assert server.wait_until_idle(PATIENCE)
            assert select.select([client.socket], [], [], 0)[0] == []
        assert server.wait_for_end(0, PATIENCE) is End.CLIENT_CLOSED
        assert server.transcript.events[-2].octets == b"NOOP\r\n"
        assert server.transcript.deviations == []


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.UNIX])
def test_a_writer_blocks_when_the_server_has_stopped_reading(transport: Transport) -> None:
    with FakeServer(script(Silence(reading=False), transport=transport)) as server, WireClient(server) as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        client.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.send(b"x" * (64 << 20))
        assert [event for event in server.transcript.events if event.kind is Kind.CLIENT] == []


def test_the_end_of_a_client_is_seen_by_a_server_that_had_stopped_reading() -> None:
    with FakeServer(script(Silence(reading=False))) as server:
        with WireClient(server) as client:
            client.socket.settimeout(0.1)
            with pytest.raises(TimeoutError):
                client.send(b"x" * (64 << 20))
            assert server.wait_until_idle(PATIENCE)
        assert server.wait_for_end(0, PATIENCE) in {End.CLIENT_CLOSED, End.CLIENT_RESET}


def test_dribble_sends_each_octet_in_its_own_segment() -> None:
    steps = (
        command("HELP"),
        Dribble(octets=1),
        reply("214 help"),
        command("HELP"),
        Dribble(octets=0),
        reply("214 help"),
    )
    with FakeServer(script(*hello(), *steps)) as server, WireClient(server) as client:
        client.begin()
        before = client.segments_received()
        assert client.say("HELP") == "214 help"
        assert client.segments_received() - before == len("214 help\r\n")
        before = client.segments_received()
        assert client.say("HELP") == "214 help"
        assert client.segments_received() - before == 1


def test_dribble_sends_so_many_octets_at_a_time() -> None:
    with FakeServer(script(Dribble(octets=4), reply("220 ready"))) as server:
        with WireClient(server) as client:
            client.reply()
        server.stop()
        sent = [event.octets for event in server.transcript.events if event.kind is Kind.SERVER]
        assert sent == [b"220 ", b"read", b"y\r\n"]


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.UNIX])
def test_a_split_reply_arrives_in_as_many_reads(transport: Transport) -> None:
    pieces = (b"2", b"20 re", b"ady\r", b"\n")
    with FakeServer(script(Pieces(pieces=pieces), transport=transport)) as server, WireClient(server) as client:
        assert tuple(client.segment() for _ in pieces) == pieces


def test_a_flood_is_sent_so_often() -> None:
    steps = (Flood(octets=b"220-more\r\n", times=10_000), reply("220 done"))
    with FakeServer(script(*steps)) as server, WireClient(server) as client:
        assert client.reply() == "220 done"
        sent = b"".join(event.octets for event in server.transcript.events)
        assert sent == b"220-more\r\n" * 10_000 + b"220 done\r\n"


def test_an_endless_flood_stops_as_soon_as_the_client_closes() -> None:
    with FakeServer(script(Flood(octets=b"x"))) as server:
        with WireClient(server) as client:
            assert len(client.segment()) > 1
        assert server.wait_for_end(0, PATIENCE) in {End.CLIENT_CLOSED, End.CLIENT_RESET}
        assert sum(len(event.octets) for event in server.transcript.events) < limits.FLOOD_OCTETS


def test_an_endless_flood_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FLOOD_OCTETS", 1 << 20)
    with FakeServer(script(Flood(octets=b"250-more\r\n"))) as server, WireClient(server) as client:
        assert 0 <= (1 << 20) - len(client.to_end()) < len(b"250-more\r\n")
        assert any("bound" in note for note in notes(server))


def test_a_flood_at_a_client_that_does_not_read_can_be_stopped() -> None:
    with FakeServer(script(Flood(octets=b"x"))) as server, WireClient(server):
        assert server.wait_until_idle(PATIENCE)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 1
        assert server.transcript.faults == []


def test_raw_octets_are_sent_as_they_are() -> None:
    with FakeServer(script(Octets(octets=b"\x00\xff no reply"))) as server, WireClient(server) as client:
        assert client.segment() == b"\x00\xff no reply"


def test_a_pause_lasts_its_time_times_the_factor() -> None:
    paused = script(Pause(seconds=0.01), reply("220 ready"))
    slow = type(paused)(dialogues=paused.dialogues, time_factor=10)
    with FakeServer(slow) as server, WireClient(server) as client:
        began = time.monotonic()
        assert client.reply() == "220 ready"
        assert 0.08 < time.monotonic() - began < PATIENCE


def test_a_pause_ends_at_once_when_the_client_closes() -> None:
    with FakeServer(script(Pause(seconds=60), reply("220 ready"))) as server:
        with WireClient(server):
            pass
        assert server.wait_for_end(0, PATIENCE) is End.CLIENT_CLOSED


def test_what_comes_during_a_pause_is_read_afterwards() -> None:
    with FakeServer(script(*hello(), Pause(seconds=0.05), command("HELP"), reply("214 help"))) as server:
        with WireClient(server) as client:
            assert client.begin().say("HELP") == "214 help"
        server.stop()
        assert server.transcript.deviations == []


def test_a_client_that_resets_is_recorded_as_such() -> None:
    with FakeServer(script(*hello())) as server:
        client = WireClient(server).begin()
        client.reset()
        assert server.wait_for_end(0, PATIENCE) is End.CLIENT_RESET


def test_the_connection_may_end_within_mail_data() -> None:
    steps = (*transaction()[:-2], Close(ending=Ending.FIN))
    with FakeServer(script(*hello(), *steps)) as server:
        with WireClient(server) as client:
            client.begin()
            for line in ("MAIL FROM:<alice@example.com>", "RCPT TO:<bob@example.com>", "DATA"):
                client.say(line)
            client.send("bare\nlines ä\r\n.\r\n")
        server.wait_for_end(0, PATIENCE)
        assert (server.transcript.breaches, server.transcript.deviations) == ([], [])
        assert server.transcript.events[-2].octets == "bare\nlines ä\r\n.\r\n".encode()


def test_a_client_that_sends_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONNECTION_OCTETS", 1 << 16)
    with FakeServer(script(*hello())) as server, WireClient(server) as client:
        client.reply()
        with pytest.raises(OSError, match=r"reset|[Bb]roken"):  # noqa: PT012 - the kernel takes some before it tells
            for _ in range(1000):
                client.send(b"x" * (1 << 16))
        assert "sent over 65536 octets" in server.transcript.faults[0]
