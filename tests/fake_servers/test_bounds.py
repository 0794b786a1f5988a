"""Whatever clients do, a mail server costs bounded memory and its end comes in time."""

from __future__ import annotations

import socket
import time
import tracemalloc
from collections.abc import Iterator

import pytest

from fake_servers import limits, reception
from fake_servers.mail_server import MailServer
from fake_servers.manners import Conduct
from fake_servers.session import Session
from fake_servers.transcript import End, Event
from fake_servers.wire_rules import Broken
from tests.fake_servers.wire_client import PATIENCE, WireClient

MEGABYTE = 1 << 20


def flood(client: WireClient, octets: bytes, megabytes: int) -> None:
    """Send, never read, until the server's buffers are full or it is done with us."""
    client.socket.settimeout(0.5)
    block = octets * (MEGABYTE // len(octets))
    try:
        for _ in range(megabytes):
            client.socket.sendall(block)
    except OSError:
        return


@pytest.mark.parametrize("octets", [b"NOOP\r\n", b"x" * 64, b"\r\n", b"NONSENSE\r\n"])
def test_a_client_that_floods_and_never_reads_costs_little(octets: bytes) -> None:
    with MailServer() as server, WireClient(server) as client:
        tracemalloc.start()
        flood(client, octets, 24)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < limits.SETTLE_SECONDS + limits.STOP_SECONDS
        assert server.transcript.faults == []
    assert used < 48 * MEGABYTE


def test_a_stop_is_heeded_between_lines_that_came_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[bytes] = []

    def look_at(octets: bytes, _session: Session) -> Iterator[Broken]:
        looked_at.append(octets)
        server._lines[0].waker.stop()
        return iter(())

    monkeypatch.setattr(reception, "broken_rules", look_at)
    with MailServer() as server, WireClient(server) as client:
        client.reply()
        client.send("NOOP\r\n" * 1000)
        assert server.wait_for_end(0, PATIENCE) is End.CUT
    assert looked_at == [b"NOOP\r\n"]


def test_mail_data_without_end_cost_no_more_than_a_message_may() -> None:
    with MailServer(Conduct(size=MEGABYTE), watcher=lambda _: None) as server, WireClient(server) as client:
        client.begin()
        for line in ("MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA"):
            client.say(line)
        tracemalloc.start()
        flood(client, b"a line of mail data\r\n", 64)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert used < 16 * MEGABYTE


def test_a_client_that_never_reads_is_left_after_a_time() -> None:
    with MailServer(Conduct(patience=0.1)) as server, WireClient(server) as client:
        server.rule("EHLO", flood="250-more of it\r\n")
        client.reply()
        client.send("EHLO c.example\r\n")
        assert server.wait_for_end(0, PATIENCE).value == "server closed"


def test_mail_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEPT_OCTETS", 100)
    with MailServer() as server, WireClient(server) as client:
        client.begin()
        assert client.mail(b"x" * 58 + b"\r\n").startswith("250")
        assert client.mail(b"x" * 58 + b"\r\n") == "452 4.3.1 This server keeps no more mail"
        server.forget()
        assert client.mail(b"x" * 58 + b"\r\n").startswith("250")


def test_a_watched_server_keeps_no_transcript() -> None:
    seen: list[Event] = []
    with MailServer(watcher=seen.append) as server:
        with WireClient(server) as client:
            client.begin().mail(b"x\r\n")
        server.wait_for_end(0, PATIENCE)
    assert not server.transcript.events
    assert b"x\r\n" in b"".join(event.octets for event in seen)


def test_commands_that_lead_to_nothing_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "JUNK_COMMANDS", 5)
    with MailServer() as server, WireClient(server) as client:
        client.begin()
        for _ in range(2):
            assert client.mail(b"x\r\n").startswith("250")
        client.send("NOOP\r\n" * 6)
        assert client.to_end().endswith(b"421 4.7.0 Too many commands that led to no message\r\n")


def test_a_client_that_vanishes_in_the_middle_leaves_nothing_behind() -> None:
    with MailServer() as server:
        for _ in range(50):
            with socket.create_connection(server.address) as vanishing:
                vanishing.sendall(b"EHLO x\r\nMAIL FROM:<a@exam")
        server.wait_for(connections=50)
        assert server.wait_until_idle(PATIENCE)
    assert server.transcript.faults == []
    assert server.cut == []
