"""A server for one connection on a real socket, played by a function in a thread."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEADLINE = 20.0


@contextmanager
def listening(serve: Callable[[socket.socket], None], host: str = "127.0.0.1") -> Iterator[int]:
    """Yield the port of a server that lets *serve* play each connection in turn; what it raises fails the test."""
    errors: list[BaseException] = []
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        listener.settimeout(DEADLINE)

        def accept() -> None:
            try:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(DEADLINE)
                    serve(connection)
            except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
                errors.append(error)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join(DEADLINE)
    assert not thread.is_alive(), "the server has not come to its end"
    if errors:
        raise errors[0]


def expect(connection: socket.socket, line: bytes) -> None:
    """Read one command line, octet by octet, so that nothing behind it is taken."""
    received = b""
    while not received.endswith(b"\n"):
        octet = connection.recv(1)
        assert octet, f"expected {line!r}, got the end behind {received!r}"
        received += octet
    assert received == line + b"\r\n", f"expected {line!r}, got {received!r}"


def reset(connection: socket.socket) -> None:
    """Close with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def dialogue(connection: socket.socket, *script: str) -> None:
    """Play "S: …" and "C: …" lines."""
    for step in script:
        text = step[3:].encode()
        if step.startswith("S:"):
            connection.sendall(text + b"\r\n")
        else:
            expect(connection, text)


OPENING = ("S: 220 ready", "C: EHLO me.example", "S: 250 mail.example")
ENVELOPE = ("C: MAIL FROM:<a@b.example>", "S: 250 ok", "C: RCPT TO:<c@d.example>", "S: 250 ok", "C: DATA", "S: 354 go")
