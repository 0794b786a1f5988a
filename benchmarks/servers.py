"""The servers that are measured against: each a process, on the one core that the benchmark runs on.

This module owns their start, their end and the reading of their processor time; it does not know about senders.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATH = os.pathsep.join(
    [os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/lib/postfix/sbin", "/usr/libexec/postfix"]
)
SMTP_SINK = shutil.which("smtp-sink", path=_PATH)
SMTP_SOURCE = shutil.which("smtp-source", path=_PATH)

_DEADLINE = 10.0  # seconds until a server must listen, and until it must have ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server."""

    pid: int
    port: int = 0
    path: str = ""
    certificates: str = ""

    def connect(self) -> socket.socket:
        """Return a connected socket, as the clients make it."""
        if self.path:
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(self.path)
            return sock
        sock = socket.create_connection(("127.0.0.1", self.port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def processor_time(self) -> float:
        """Return the seconds of processor time that the server has used."""
        # Linux: the clock of another process, as clock_getcpuclockid(3) makes it out of the process id.
        return time.clock_gettime(~self.pid << 3 | 2) if sys.platform == "linux" else 0.0


def stay_on_one_core() -> bool:
    """Keep this process, and those that it will start, on one core; say whether this system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        return False
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return True


@contextmanager
def own_sink(*, tls: bool = False, counting: bool = False) -> Iterator[Server]:
    """Run our own sink."""
    command = [sys.executable, "-m", "benchmarks.sink"]
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        trusted = str(Path(folder) / "trusted.pem")
        if tls:
            authority = trustme.CA()
            authority.cert_pem.write_to_path(trusted)
            certificate = Path(folder) / "certificate.pem"
            authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
            command += ["--certificate", str(certificate)]
        if counting:
            command.append("--count")
        root = Path(__file__).parents[1]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as process:  # noqa: S603
            assert process.stdin is not None  # noqa: S101
            assert process.stdout is not None  # noqa: S101
            port = int(process.stdout.readline())
            yield Server(pid=process.pid, port=port, certificates=trusted if tls else "")
            process.stdin.close()


@contextmanager
def smtp_sink() -> Iterator[Server]:
    """Run Postfix's smtp-sink, on a Unix socket: it cannot choose a free port."""
    assert SMTP_SINK is not None  # noqa: S101
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    folder.chmod(0o777)  # its user has to get there
    path = str(folder / "sink")
    as_user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([SMTP_SINK, *as_user, f"unix:{path}", "10"], cwd=folder)  # noqa: S603
    try:
        _await_listener(process, path)
        yield Server(pid=process.pid, path=path)
    finally:
        process.terminate()
        process.wait(_DEADLINE)
        shutil.rmtree(folder)


def _await_listener(process: subprocess.Popen[bytes], path: str) -> None:
    end = time.monotonic() + _DEADLINE
    while time.monotonic() < end and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(path) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"smtp-sink does not listen on {path}, ended with {process.poll()}")
