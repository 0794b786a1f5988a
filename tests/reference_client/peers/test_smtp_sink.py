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
    SMTPException,
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
    folder.chmod(0o777)
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
    for path in folder.glob("mail.*"):
        fields, subject, message = path.read_bytes().partition(b"\nSubject:")
        recipients = [line.partition(": ")[2] for line in fields.decode().splitlines() if line.startswith("X-Rcpt")]
        assert message.endswith(b"\n\n"), "smtp-sink ends each dump with an empty line of its own"
        dumps.append((recipients, subject[1:] + message[:-1]))
    return dumps


MESSAGE = b"Subject: dots\r\n\r\n.\r\n..\r\n.two\r\n8 bits \xff\r\nlast\r\n"
BOTH = pytest.mark.parametrize("kind", [OverUnixSocket, LMTP])


def protocol(kind: type[SMTP]) -> list[str]:
    return ["-L"] if kind is LMTP else []


def send(smtp: SMTP, message: bytes = MESSAGE) -> object:
    return smtp.sendmail("a@b.example", ["c@d.example", "e@d.example"], message)


@BOTH
def test_messages_arrive_octet_for_octet(kind: type[SMTP]) -> None:
    with smtp_sink(*protocol(kind)) as folder:
        with kind(str(folder / "sink"), timeout=DEADLINE) as smtp:
            for _ in range(3):
                assert send(smtp) == {}
            assert smtp.noop()[0] == 250
        dumps = dumped(folder)
    expected = (["<c@d.example>", "<e@d.example>"], MESSAGE.replace(b"\r\n", b"\n"))
    assert dumps == [expected] * 3


@BOTH
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("MAIL", SMTPSenderRefused),
        ("RCPT", SMTPRecipientsRefused),
        ("DATA", SMTPDataError),
        (".", (SMTPDataError, SMTPRecipientsRefused)),
    ],
)
def test_a_refusal_leaves_the_session_open(
    kind: type[SMTP], command: str, expected: type[Exception] | tuple[type[Exception], ...]
) -> None:
    with (
        smtp_sink(*protocol(kind), "-f", command) as folder,
        kind(str(folder / "sink"), timeout=DEADLINE) as smtp,
    ):
        for _ in range(2):
            with pytest.raises(expected):
                send(smtp)
        assert smtp.noop()[0] == 250


@BOTH
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "."])
def test_a_421_and_a_lost_connection_end_the_session(kind: type[SMTP], command: str) -> None:
    for option in ("-Q", "-q"):
        with (
            smtp_sink(*protocol(kind), option, command) as folder,
            kind(str(folder / "sink"), timeout=DEADLINE) as smtp,
        ):
            with pytest.raises(SMTPException) as caught:
                send(smtp)
            assert isinstance(caught.value, SMTPServerDisconnected) == (option == "-q")
            assert smtp.sock is None


def test_a_refusal_in_the_middle_of_the_data_reaches_the_caller() -> None:
    with smtp_sink("-A", "0") as folder, OverUnixSocket(str(folder / "sink"), timeout=DEADLINE) as smtp:
        with pytest.raises(SMTPDataError) as caught:
            send(smtp, b"x" * 78 + b"\r\n" * 200_000)
        assert caught.value.smtp_code == 550
