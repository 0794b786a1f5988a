"""The command ``python -m benchmarks.serve``: our mail server beside aiosmtpd and Postfix's smtp-sink.

Each server is a process. The same client of sockets drives all three, in turns: sessions one after another, each with
one message; and many sessions that are open at the same time. What counts is the ratio of the wall clock within a turn,
and of the processor time of the server alone, which does not change when something else runs.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SINK = shutil.which("smtp-sink", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
_WITHIN = 30.0  # seconds for a server to listen, and for any reply
_AIOSMTPD = """
import asyncio, signal, sys
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.handlers import Sink
loop = asyncio.new_event_loop()
controller = UnthreadedController(Sink(), hostname="127.0.0.1", port=0, loop=loop)
controller.begin()
print("READY", controller.server.sockets[0].getsockname()[1], flush=True)
loop.run_forever()
"""
_TURN = (
    b"EHLO client.example.org\r\n",
    b"MAIL FROM:<alice@example.com>\r\n",
    b"RCPT TO:<bob@example.com>\r\n",
    b"DATA\r\n",
    b"Subject: hi\r\n\r\n" + b"A line of text, and another one.\r\n" * 30 + b".\r\n",
    b"QUIT\r\n",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that listens, and how to reach it."""

    pid: int
    family: int
    address: tuple[str, int] | str

    def connect(self) -> socket.socket:
        """Return a connected socket."""
        connected = socket.socket(self.family)
        connected.settimeout(_WITHIN)
        connected.connect(self.address)
        return connected

    def processor_time(self) -> float:
        """Return the seconds of processor time that the server has used (Linux)."""
        return time.clock_gettime(~self.pid << 3 | 2)


@contextlib.contextmanager
def _process(command: list[str], **settings: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **settings) as process:  # type: ignore[call-overload]  # noqa: S603
        try:
            yield process
        finally:
            process.terminate()


@contextlib.contextmanager
def _listening(command: list[str], port_at: int) -> Iterator[Running]:
    """Run a server that says where it listens in its first line."""
    with _process(command) as process:
        assert process.stdout is not None  # noqa: S101
        port = int(process.stdout.readline().split()[port_at])
        yield Running(pid=process.pid, family=socket.AF_INET, address=("127.0.0.1", port))


@contextlib.contextmanager
def _smtp_sink() -> Iterator[Running]:
    """Run smtp-sink, on a Unix socket: it cannot choose a free port. That favours it."""
    assert _SINK is not None  # noqa: S101
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        Path(folder).chmod(0o777)
        path = str(Path(folder) / "sink")
        as_user = ["-u", "nobody"] if os.geteuid() == 0 else []
        with _process([_SINK, *as_user, f"unix:{path}", "1000"], cwd=folder) as process:
            running = Running(pid=process.pid, family=socket.AF_UNIX, address=path)
            deadline = time.monotonic() + _WITHIN
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError):
                    running.connect().close()
                    break
                time.sleep(0.01)
            yield running


def _servers() -> dict[str, Callable[[], contextlib.AbstractContextManager[Running]]]:
    ours = [sys.executable, "-m", "conformance", "serve", "--quiet"]
    found: dict[str, Callable[[], contextlib.AbstractContextManager[Running]]] = {
        "serve": lambda: _listening(ours, 3),
        "aiosmtpd": lambda: _listening([sys.executable, "-c", _AIOSMTPD], 1),
    }
    if _SINK:
        found["smtp-sink"] = _smtp_sink
    return found


def _reply(connected: socket.socket) -> bytes:
    """Return the next reply; these servers send nothing that was not asked for, so that it ends what comes."""
    received = b""
    while not received.endswith(b"\n") or received[:-1].rpartition(b"\n")[2][3:4] == b"-":
        octets = connected.recv(4096)
        if not octets:
            raise ConnectionError(f"the server ended behind {received!r}")
        received += octets
    return received


def _sessions(server: Running, count: int) -> None:
    """Have so many sessions one after another, each with one message."""
    for _ in range(count):
        with server.connect() as connected:
            _reply(connected)
            for said in _TURN:
                connected.sendall(said)
                _reply(connected)


def _at_once(server: Running, count: int) -> None:
    """Have so many sessions open at the same time: all greeted, then all with one message, then all left."""
    with contextlib.ExitStack() as stack:
        connected = [stack.enter_context(server.connect()) for _ in range(count)]
        for one in connected:
            _reply(one)
        for said in _TURN:
            for one in connected:
                one.sendall(said)
            for one in connected:
                _reply(one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one server did in all its turns: seconds a session, by the clock and of its processor."""

    wall: list[float]
    processor: list[float]


def _measure(
    act: Callable[[Running, int], None], count: int, turns: int, running: dict[str, Running]
) -> dict[str, Figure]:
    """Let the servers take turns; who begins changes."""
    figures = {name: Figure(wall=[], processor=[]) for name in running}
    for turn in range(turns + 1):
        for name in list(running) if turn % 2 else list(running)[::-1]:
            server = running[name]
            processor, began = server.processor_time(), time.perf_counter()
            act(server, count)
            if turn:  # the first is to warm up
                figures[name].wall.append((time.perf_counter() - began) / count)
                figures[name].processor.append((server.processor_time() - processor) / count)
    return figures


def _lines(title: str, figures: dict[str, Figure]) -> Iterator[str]:
    yield title
    ours = figures["serve"]
    for name, figure in figures.items():
        wall, processor = statistics.median(figure.wall), statistics.median(figure.processor)
        ratio = statistics.median(other / own for own, other in zip(ours.wall, figure.wall, strict=True))
        pairs = zip(ours.processor, figure.processor, strict=True)
        of_processor = statistics.median(other / own for own, other in pairs)
        yield f"  {name:10} {1 / wall:8.0f} sessions/s  {processor * 1e3:7.2f} ms of its processor a session"
        if name != "serve":
            yield f"  {'':10} serve is {ratio:.2f} times as fast by the clock, {of_processor:.2f} by processor time"


def main() -> None:
    """Measure, and print ratios; a ratio below 1 is no error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serve", description=__doc__)
    parser.add_argument("--sessions", type=int, default=100, help="in a turn, one after another (default: 100)")
    parser.add_argument("--at-once", type=int, default=200, help="sessions that are open together (default: 200)")
    parser.add_argument("--turns", type=int, default=7, help="of each server (default: 7)")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        running = {name: stack.enter_context(start()) for name, start in _servers().items()}
        alone = _measure(_sessions, options.sessions, options.turns, running)
        together = _measure(_at_once, options.at_once, options.turns, running)
    lines = [*_lines(f"one session after another, {options.sessions} in a turn", alone)]
    lines += _lines(f"{options.at_once} sessions at once", together)
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
