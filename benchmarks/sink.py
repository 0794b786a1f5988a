"""A server that takes any mail and costs next to nothing: ``python -m benchmarks.sink``, a process of its own.

It looks at no more than it must: the first letter of a command line, and the last octets of what it receives. What
it sends lies ready. So a benchmark against it measures the client and the kernel.

It prints the port that it listens on, serves each connection in a thread, and ends with its standard input. With
``--count`` a client that says ``VRFY`` learns how many turns the sink has had on the connection: its round trips.
"""

from __future__ import annotations

import argparse
import select
import socket
import ssl
import sys
import threading
from contextlib import suppress

GREETING = b"220 sink.example\r\n"
OFFERS = b"250-sink.example\r\n250-PIPELINING\r\n250-SIZE\r\n250 8BITMIME\r\n"
OK = b"250 2.0.0 Ok\r\n"
REPLIES = {b"E": OFFERS, b"D": b"354 End data with <CR><LF>.<CR><LF>\r\n", b"Q": b"221 2.0.0 Bye\r\n"}
END_OF_DATA = b"\r\n.\r\n"
BUFFER = 1 << 20

# A client that has said nothing for so many seconds waits for us. Only where turns are counted.
SILENCE = 0.05


class Session:
    """One connection, from the greeting to its end."""

    def __init__(self, connection: socket.socket, *, counting: bool) -> None:
        self._connection = connection
        self._counting = counting
        self._room = memoryview(bytearray(BUFFER))
        self._turns = 0

    def serve(self) -> None:
        """Answer until the client closes, or falls silent in the middle of something."""
        self._connection.sendall(GREETING)
        left = b""
        while received := self._receive():
            lines, left = self._whole_lines(left + received)
            replies = b""
            while lines:
                line, _, lines = lines.partition(b"\n")
                letter = line[:1].upper()
                replies += self._count() if letter == b"V" else REPLIES.get(letter, OK)
                if letter == b"D":
                    # The data end with a segment: no client may say more before it has our reply.
                    self._answer(replies)
                    if not self._skip_data():
                        return
                    replies, lines = OK, b""
            self._answer(replies)

    def _whole_lines(self, received: bytes) -> tuple[bytes, bytes]:
        end = received.rfind(b"\n") + 1
        return received[:end], received[end:]

    def _count(self) -> bytes:
        return b"250 %d\r\n" % self._turns

    def _answer(self, replies: bytes) -> None:
        if replies:
            self._turns += 1
            self._connection.sendall(replies)

    def _receive(self) -> bytes:
        received = self._receive_once()
        while self._counting and received and select.select([self._connection], [], [], SILENCE)[0]:
            more = self._receive_once()
            if not more:
                break
            received += more
        return received

    def _receive_once(self) -> bytes:
        # Into room that is there: recv() would make, and give back, as much as it is allowed to return each time.
        return bytes(self._room[: self._connection.recv_into(self._room)])

    def _skip_data(self) -> bool:
        tail = b"\r\n"
        while count := self._connection.recv_into(self._room):
            last = bytes(self._room[max(0, count - 5) : count])
            tail = last if count >= 5 else (tail + last)[-5:]
            if tail == END_OF_DATA:
                return True
        return False


def main() -> None:
    """Listen, tell the port, and serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", action="store_true", help="count turns, at the price of speed")
    parser.add_argument("--certificate", help="speak TLS, with this certificate and key (PEM)")
    options = parser.parse_args()
    context: ssl.SSLContext | None = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secured = connection if context is None else context.wrap_socket(connection, server_side=True)
            with secured:
                Session(secured, counting=options.count).serve()

    def listen() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
