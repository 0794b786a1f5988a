from __future__ import annotations

import select
import socket
import time
from typing import cast

import pytest

from reference_client import SMTPServerDisconnected
from reference_client._reply import Reply
from reference_client._stream import PATIENCE, Stream
from tests.reference_client.scripted import EOF, SILENCE, ScriptedSocket, client, server


def stream_of(sock: object) -> Stream:
    return Stream(cast("socket.socket", sock))


class SlowReader(ScriptedSocket):
    """Takes few octets at a time, each time just before the timeout."""

    clock = 0.0

    def send(self, data: bytes | memoryview) -> int:
        assert self.timeout is not None
        self.clock += 0.9 * self.timeout
        return super().send(data[:7])


def test_writing_may_last_longer_than_the_timeout_if_it_goes_on() -> None:
    """RFC 5321 4.5.3.2.5: the timeout is for a block, not for the message."""
    sock = SlowReader([client(b"x" * 700)])
    stream_of(sock).write(b"x" * 700)
    assert sock.clock > 50 * 10
    sock.check()


class Dribble(ScriptedSocket):
    """Sends an octet of a line without end just before each timeout."""

    clock = 0.0

    def recv(self, _: int) -> bytes:
        assert self.timeout is not None
        self.clock += 0.9 * self.timeout
        return b"2"


def test_a_reply_that_never_ends_ends_after_a_number_of_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    sock = Dribble([])
    monkeypatch.setattr(time, "monotonic", lambda: sock.clock)
    with pytest.raises(TimeoutError, match="whole reply"):
        stream_of(sock).read()
    assert sock.clock <= (PATIENCE + 2) * 10


def test_a_reply_that_never_ends_ends_without_a_timeout_too() -> None:
    sock = Dribble([])
    sock.timeout = 1e-9
    sock.gettimeout = lambda: None  # type: ignore[method-assign]
    with pytest.raises(Exception, match="longer"):
        stream_of(sock).read()


def test_a_reply_that_is_there_is_read_without_waiting() -> None:
    ahead = stream_of(ScriptedSocket([server(b"250 one\r\n250 two\r\n25"), SILENCE]))
    assert [ahead.read_ready() for _ in range(3)] == [Reply(250, b"one"), Reply(250, b"two"), None]
    assert ahead.is_mid_reply


def test_a_reply_that_is_put_back_is_read_next() -> None:
    ahead = stream_of(ScriptedSocket(["S: 250 one", "S: 250 two"]))
    reply = ahead.read()
    ahead.put_back(reply)
    assert [ahead.read(), ahead.read()] == [reply, Reply(250, b"two")]
    ahead.put_back(reply)
    assert ahead.read_ready() == reply


def test_what_the_server_said_before_a_failed_write_is_kept() -> None:
    with pytest.raises(SMTPServerDisconnected) as caught:
        stream_of(ScriptedSocket(["RESET", "S: 552 too big"])).write(b"x")
    assert caught.value.last_reply == (552, b"too big")


@pytest.mark.parametrize("words", [[], [EOF], ["S: rubbish"], [server(b"55")]])
def test_a_failed_write_without_last_words_has_none(words: list[str]) -> None:
    with pytest.raises(SMTPServerDisconnected) as caught:
        stream_of(ScriptedSocket(["RESET", *words])).write(b"x")
    assert caught.value.last_reply is None


class WithoutDescriptor:
    """A stand-in for a socket as programs' tests have it."""

    def recv(self, _: int) -> bytes:
        return b"250 ok\r\n"

    def gettimeout(self) -> float:
        return 1.0


def test_a_socket_without_a_descriptor_is_never_readable_ahead_of_time() -> None:
    plain = stream_of(WithoutDescriptor())
    assert plain.read_ready() is None
    assert plain.read() == Reply(250, b"ok")


def test_where_there_is_no_poll_select_looks_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(select, "poll")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ahead = stream_of(ours)
        assert ahead.read_ready() is None
        theirs.sendall(b"250 ok\r\n")
        assert ahead.read_ready() == Reply(250, b"ok")
