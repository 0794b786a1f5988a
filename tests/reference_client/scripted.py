"""A socket that plays the server's side of a dialogue, for tests of the client without a network.

A script is written as the RFCs write dialogues. The octets of a step "S" are there as soon as the steps before it
are done, and each step is one segment. What the client sends must be what the next steps "C" say, and a script
that is not used up fails its test.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from reference_client import LMTP, SMTP

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Sequence

EOF = "EOF"  # the server closes
RESET = "RESET"  # the connection is reset: reading and writing fail
SILENCE = "SILENCE"  # the server says nothing until the timeout
STUCK = "STUCK"  # the server takes nothing more: writing fails with the timeout


def server(data: bytes) -> str:
    """A step of one segment with exactly these octets."""
    return "S:" + data.decode("latin-1")


def client(data: bytes) -> str:
    """A step in which the client sends exactly these octets."""
    return "C:" + data.decode("latin-1")


def _octets(step: str) -> bytes:
    text = step[2:]
    return (text[1:] + "\r\n" if text.startswith(" ") else text).encode("latin-1")


class ScriptedSocket:
    """What the client uses of a socket, and ``pending`` of a TLS socket, so that looking ahead works."""

    def __init__(self, script: Sequence[str], *, octets_at_a_time: int = 65536) -> None:
        self.steps = list(script)
        self.octets_at_a_time = octets_at_a_time
        self.sent = b""
        self.is_closed = False
        self.wrong = ""  # what was sent against the script; the client may have caught the AssertionError
        self.timeout: float | None = 10.0
        self._incoming = b""
        self._expected = b""

    def recv(self, count: int) -> bytes:
        self._advance()
        if not self._incoming:
            return self._recv_nothing()
        count = min(count, self.octets_at_a_time)
        data, self._incoming = self._incoming[:count], self._incoming[count:]
        return data

    def _recv_nothing(self) -> bytes:
        step = self.steps[0] if self.steps else EOF
        if step in (EOF, RESET) and not self._expected:
            self.steps[:1] = []
            if step == RESET:
                raise ConnectionResetError(errno.ECONNRESET, "reset by the script")
            return b""
        if self.timeout == 0:
            raise BlockingIOError
        assert step in (SILENCE, STUCK), f"the client waits for a reply, but the script has it send {step!r}"
        self.steps[:1] = []
        raise TimeoutError("timed out")

    def pending(self) -> int:
        self._advance()
        return len(self._incoming) or int(not self._expected and self.steps[:1] in ([EOF], [RESET]))

    def send(self, data: bytes | memoryview) -> int:
        try:
            return self._play(data)
        except AssertionError as error:
            self.wrong = self.wrong or str(error)
            raise

    def _play(self, data: bytes | memoryview) -> int:
        assert not self.is_closed, "sent to a closed socket"
        self._advance()
        if not self._expected and self.steps[:1] in ([STUCK], [RESET]):
            raise TimeoutError("timed out") if self.steps.pop(0) == STUCK else BrokenPipeError(errno.EPIPE, "broken")
        data = bytes(data)
        taken = 0
        while data:
            self._expect_more(data)
            count = min(len(data), len(self._expected))
            assert data[:count] == self._expected[:count], f"expected {self._expected!r}, got {data!r}"
            self.sent += data[:count]
            taken += count
            data, self._expected = data[count:], self._expected[count:]
            if data and self.steps[:1] in ([STUCK], [RESET]):
                break
        return taken

    def _expect_more(self, data: bytes) -> None:
        if not self._expected:
            step = self.steps[0] if self.steps else "nothing more"
            assert step.startswith("C:"), f"the client sent {data!r}, but the script has {step!r}"
            self._expected = _octets(self.steps.pop(0))

    def _advance(self) -> None:
        while not self._incoming and not self._expected and self.steps and self.steps[0].startswith("S:"):
            self._incoming = _octets(self.steps.pop(0))

    def settimeout(self, timeout: float | None) -> None:
        self.timeout = timeout

    def gettimeout(self) -> float | None:
        return self.timeout

    def close(self) -> None:
        self.is_closed = True

    def check(self) -> None:
        """Fail unless the whole script was played, and nothing else was sent."""
        assert not self.wrong, self.wrong
        assert not self.steps, f"steps left over: {self.steps}"
        assert not self._expected, f"octets not sent: {self._expected!r}"
        assert not self._incoming, f"octets not read: {self._incoming!r}"


def connecting_to(sock: ScriptedSocket, kind: type[SMTP] = SMTP, **attributes: Any) -> type[SMTP]:
    """Return a subclass of the client that gets this socket for its connection."""

    def get_socket(_self: SMTP, _host: str, _port: int, _timeout: float | None) -> socket.socket:
        return cast("socket.socket", sock)

    return type("Scripted" + kind.__name__, (kind,), {"_get_socket": get_socket, **attributes})


@contextmanager
def playing(*script: str, kind: type[SMTP] = SMTP, octets_at_a_time: int = 65536) -> Iterator[SMTP]:
    """Connect a client to a script that begins behind a 220 greeting; check that all of it was played."""
    sock = ScriptedSocket(["S: 220 ready", *script], octets_at_a_time=octets_at_a_time)
    smtp = connecting_to(sock, kind)("mail.example", local_hostname="me.example")
    yield smtp
    sock.check()
    assert sock.is_closed == (smtp.sock is None), "the client and its socket disagree on whether it is closed"


def hello(*offers: str) -> list[str]:
    """EHLO, and a reply that offers these service extensions."""
    lines = ["mail.example", *offers]
    return [
        "C: EHLO me.example",
        server(b"".join(f"250{'-' if line is not lines[-1] else ' '}{line}\r\n".encode() for line in lines)),
    ]


@contextmanager
def introduced(*script: str, offers: Sequence[str] = (), kind: type[SMTP] = SMTP) -> Iterator[SMTP]:
    """As ``playing``, with EHLO done."""
    opening = hello(*offers)
    if issubclass(kind, LMTP):
        opening[0] = "C: LHLO me.example"
    with playing(*opening, *script, kind=kind) as smtp:
        smtp.ehlo()
        yield smtp
