"""Against Postfix's smtp-sink, over SMTP and LMTP. (Debian: postfix.)"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reference_client import (
    LMTP,
    SMTP,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SINK = shutil.which("smtp-sink", path="/usr/sbin:/usr/lib/postfix/sbin:/usr/libexec/postfix")
DEADLINE = 10.0

pytestmark = pytest.mark.skipif(SINK is None, reason="smtp-sink is not installed (Debian: postfix)")


class OverUnixSocket(SMTP):
    """SMTP over a Unix socket: smtp-sink cannot choose a free port."""

    def _get_socket(self, host: str, _port: int, timeout: float | None) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(timeout)
        sock.connect(host)
        return sock


@contextmanager
def smtp_sink(*options: str) -> Iterator[Path]:
    """Yield a folder in which smtp-sink listens on the socket ``sink`` and dumps its messages as ``mail.*``."""
    assert SINK is not None
    folder = Path(tempfile.mkdtemp(prefix="sink"))  # not tmp_path: user nobody has to get there
    folder.chmod(0o777)  # noqa: S103 - for user nobody
    command = [SINK, "-u", "nobody", "-d", str(folder / "mail."), *options, f"unix:{folder / 'sink'}", "10"]
    process = subprocess.Popen(command, cwd=folder)  # noqa: S603
    try:
        _await_listener(process, folder / "sink")
        yield folder
    finally:
        process.terminate()
        process.wait(DEADLINE)
        shutil.rmtree(folder)


def _await_listener(process: subprocess.Popen[bytes], path: Path) -> None:
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
            except OSError:
                assert process.poll() is None, "smtp-sink has ended"
                time.sleep(0.01)
            else:
                return
    pytest.fail(f"smtp-sink does not listen after {DEADLINE} seconds")


def dumped(folder: Path) -> list[tuple[list[str], bytes]]:
    """The dumps: the recipients that smtp-sink notes in fields of its own, and the message behind those."""
    dumps = []
    for path in sorted(folder.glob("mail.*"), key=lambda path: path.stat().st_mtime_ns):
        fields, _, message = path.read_bytes().partition(b"\tfor ")[0].rpartition(b"Received:")
        text = path.read_bytes()
        message = text[text.index(b"Subject:") :]
        recipients = [line.partition(": ")[2] for line in fields.decode().splitlines() if line.startswith("X-Rcpt")]
        dumps.append((recipients, message))
    return dumps


MESSAGE = b"Subject: dots\r\n\r\n.\r\n..\r\n.two\r\n8 bits \xff\r\nlast\r\n"


@pytest.mark.parametrize("kind", [OverUnixSocket, LMTP])
def test_a_message_arrives_octet_for_octet(kind: type[SMTP]) -> None:
    with smtp_sink(*(["-L"] if kind is LMTP else [])) as folder:
        with kind(str(folder / "sink"), timeout=DEADLINE) as smtp:
            for _ in range(3):
                assert smtp.sendmail("a@b.example", ["c@d.example", "e@d.example"], MESSAGE) == {}
            assert smtp.noop()[0] == 250
        dumps = dumped(folder)
    assert [message for _, message in dumps] == [MESSAGE.replace(b"\r\n", b"\n")] * 3
    assert all(recipients == ["<c@d.example>", "<e@d.example>"] for recipients, _ in dumps)
