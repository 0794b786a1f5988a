"""A client of octets: it says what it is told to, and shows what comes. It knows no SMTP."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from fake_servers import Dialogue, FakeServer, Script, Step, Transport, parse_pattern
from fake_servers.host import Host
from fake_servers.steps import Command, MailData, NegotiateTls, Reply

PATIENCE = 5.0  # seconds; nothing here takes that long unless it is broken
_DATA_SEGMENTS_IN = 152  # offset of tcpi_data_segs_in in Linux's struct tcp_info


def reply(*lines: str) -> Reply:
    return Reply(octets="".join(f"{line}\r\n" for line in lines).encode(), label=f"S: {lines[0]}")


def command(text: str) -> Command:
    return Command(pattern=parse_pattern(text), label=f"C: {text}")


def hello(*extensions: str) -> tuple[Step, ...]:
    lines = ["fake.example.test", *extensions]
    marked = [f"250{'-' if number < len(lines) else ' '}{line}" for number, line in enumerate(lines, start=1)]
    return (reply("220 ready"), command("EHLO *"), reply(*marked))


def starttls(negotiation: NegotiateTls | None = None) -> tuple[Step, ...]:
    return (command("STARTTLS"), reply("220 go"), negotiation or NegotiateTls())


def transaction(content: bytes | None = None) -> tuple[Step, ...]:
    return (
        command("MAIL FROM:<alice@example.com>"),
        reply("250 ok"),
        command("RCPT TO:<bob@example.com>"),
        reply("250 ok"),
        command("DATA"),
        reply("354 go ahead"),
        MailData(content=content, label="data"),
        reply("250 queued"),
    )


def script(*steps: Step, transport: Transport = Transport.TCP, courteous: bool = True, lmtp: bool = False) -> Script:
    return Script(dialogues=(Dialogue(steps=steps, transport=transport, courteous=courteous),), lmtp=lmtp)


class WireClient:
    """A connected client."""

    def __init__(self, server: Host) -> None:
        if server.path:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(PATIENCE)
            self.socket.connect(server.path)
        else:
            self.socket = socket.create_connection((server.host, server.port), PATIENCE)
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, text: str | bytes) -> None:
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def segment(self) -> bytes:
        """What one read brings."""
        return self.socket.recv(65536)

    def line(self) -> str:
        while b"\n" not in self._rest:
            octets = self.segment()
            if not octets:
                raise EOFError(f"the server's output ended behind {self._rest!r}")
            self._rest += octets
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode("latin-1").rstrip("\r")

    def reply(self) -> str:
        """The last line of the next reply."""
        line = self.line()
        while line[3:4] == "-":
            line = self.line()
        return line

    def say(self, *lines: str) -> str:
        """Send lines in one segment; the reply to the last."""
        self.send("".join(f"{line}\r\n" for line in lines))
        return [self.reply() for _ in lines][-1]

    def begin(self, greeting: str = "EHLO client.example.org") -> Self:
        self.reply()
        self.say(greeting)
        return self

    def mail(self, content: bytes) -> str:
        self.say("MAIL FROM:<alice@example.com>")
        self.say("RCPT TO:<bob@example.com>")
        self.say("DATA")
        self.send(content + b".\r\n")
        return self.reply()

    def to_end(self) -> bytes:
        """All that comes until the server ends its output."""
        octets = self._rest
        while chunk := self.segment():
            octets += chunk
        self._rest = b""
        return octets

    def segments_received(self) -> int:
        """How many TCP segments with data have come, as the kernel counts them."""
        info = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _DATA_SEGMENTS_IN + 4)
        return int(struct.unpack_from("I", info, _DATA_SEGMENTS_IN)[0])

    def negotiate(self, context: ssl.SSLContext, name: str = "localhost", *, ragged: bool = False) -> Self:
        """Go on under TLS; a connection that ends without close_notify is an error unless ``ragged``."""
        self.socket = context.wrap_socket(self.socket, server_hostname=name, suppress_ragged_eofs=ragged)
        return self

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        self.socket.close()


def sent_by_client(server: FakeServer) -> list[bytes]:
    return [event.octets for event in server.transcript.events if event.kind.value == "C"]


def notes(server: FakeServer) -> Sequence[str]:
    return [event.note for event in server.transcript.events if event.note]
