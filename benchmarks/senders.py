"""What sends: the two clients, a raw socket, and Postfix's smtp-source.

This module owns how each of them sends a message; it does not know about time. A sender is a context manager: from a
server and a message to a function that sends the message so many times, all on one connection.

The raw socket is what no client can beat: prepared octets are written, and replies are received without a look.
"""

from __future__ import annotations

import importlib
import ssl
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from .servers import SMTP_SOURCE

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from .servers import Server

    Send = Callable[[int], None]
    Sender = Callable[[Server, "Message"], AbstractContextManager[Send]]

SENDER = "alice@sender.example"
ME = "client.example"
# Each message goes to somebody else, as in life: what a client remembers of an address does not help it here.
RECIPIENTS = [f"recipient{number}@receiver.example" for number in range(9973)]
_LINES = {
    # In each a full stop, and none at the beginning of a line: this is what most text is.
    "text": "A line of ordinary length, as most of them are: seventy octets, one dot.\r\n",
    # What most large mail is.
    "base64": "TWFueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsuTWFueSBoYW5kcyBtYWtlIGxpZ2h0IHdvcmsu\r\n",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of about so many octets.

    Attributes:
        octets: Its size.
        kind: ``text`` or ``base64``.
        as_str: Whether it is passed as ``str``, with the line ends that programs write, and not as ``bytes``.
    """

    octets: int
    kind: str = "text"
    as_str: bool = False

    def make(self) -> str | bytes:
        """Return the message; it is made without a second copy."""
        line = _LINES[self.kind]
        if not self.as_str:
            return line.encode() * (self.octets // len(line))
        line = line.replace("\r\n", "\n")
        return line * (self.octets // len(line))


@contextmanager
def client_session(module: str, server: Server, *, pipelining: bool = False) -> Iterator[Any]:
    """Connect the SMTP class of a module with the interface of the norm, over whatever the server speaks."""
    library = importlib.import_module(module)
    if server.certificates:
        context = ssl.create_default_context(cafile=server.certificates)
        smtp = library.SMTP_SSL("127.0.0.1", server.port, local_hostname=ME, context=context)
    elif server.path:
        # The proxies' way in, which both clients have.
        through = {"_get_socket": lambda *_: server.connect()}
        smtp = type("OverUnixSocket", (library.SMTP,), through)("127.0.0.1", 1, local_hostname=ME)
    else:
        smtp = library.SMTP("127.0.0.1", server.port, local_hostname=ME)
    if pipelining:
        smtp.pipelining = True
    with smtp:
        smtp.ehlo()
        yield smtp


def client(module: str, *, pipelining: bool = False) -> Sender:
    """A client, with ``sendmail``."""

    @contextmanager
    def open_session(server: Server, message: Message) -> Iterator[Send]:
        text = message.make()
        recipients = cycle(RECIPIENTS)
        with client_session(module, server, pipelining=pipelining) as smtp:

            def send(times: int) -> None:
                for recipient in islice(recipients, times):
                    smtp.sendmail(SENDER, [recipient], text)

            yield send

    return open_session


class _Raw:
    """A socket, and octets that are ready."""

    def __init__(self, sock: socket.socket, message: Message) -> None:
        made = message.make()
        octets = made if isinstance(made, bytes) else made.replace("\n", "\r\n").encode()
        self._sock = sock
        self._text = octets + b".\r\n"
        self._mail = f"MAIL FROM:<{SENDER}> SIZE={len(octets)}\r\n".encode()
        self._recipients = cycle([f"RCPT TO:<{recipient}>\r\n".encode() for recipient in RECIPIENTS])
        sock.recv(16384)
        self._exchange(f"EHLO {ME}\r\n".encode())

    def _exchange(self, octets: bytes, replies: int = 1) -> None:
        self._sock.sendall(octets)
        received = self._sock.recv(16384)
        while received.count(b"\n") < replies:
            received += self._sock.recv(16384)

    def send_in_lockstep(self, times: int) -> None:
        sock, mail, text = self._sock, self._mail, self._text
        for recipient in islice(self._recipients, times):
            sock.sendall(mail)
            sock.recv(16384)
            sock.sendall(recipient)
            sock.recv(16384)
            sock.sendall(b"DATA\r\n")
            sock.recv(16384)
            sock.sendall(text)
            sock.recv(16384)

    def send_in_groups(self, times: int) -> None:
        for recipient in islice(self._recipients, times):
            self._exchange(self._mail + recipient + b"DATA\r\n", 3)
            self._exchange(self._text)


def raw(*, grouped: bool = False) -> Sender:
    """A socket: a command, a reply; with *grouped* the envelope in one write (RFC 2920), its replies behind it."""

    @contextmanager
    def open_session(server: Server, message: Message) -> Iterator[Send]:
        with raw_socket(server) as sock:
            session = _Raw(sock, message)
            yield session.send_in_groups if grouped else session.send_in_lockstep

    return open_session


def raw_socket(server: Server) -> socket.socket:
    """Return a socket that speaks what the server speaks."""
    if not server.certificates:
        return server.connect()
    context = ssl.create_default_context(cafile=server.certificates)
    return context.wrap_socket(server.connect(), server_hostname="127.0.0.1")


@contextmanager
def smtp_source(server: Server, message: Message) -> Iterator[Send]:
    """Postfix's smtp-source, which connects once for each call."""
    assert SMTP_SOURCE is not None  # noqa: S101
    address = f"unix:{server.path}" if server.path else f"inet:127.0.0.1:{server.port}"

    def send(times: int) -> None:
        options = ["-d", "-s", "1", "-m", str(times), "-l", str(message.octets), "-f", SENDER, "-t", RECIPIENTS[0]]
        subprocess.run([SMTP_SOURCE, *options, address], check=True)  # noqa: S603

    yield send
