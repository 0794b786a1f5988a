"""The fixtures need no conftest: a server for each test, its dialogue where the test fails, and an end in time."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.pytest_program import PYTEST

PATIENCE = 60.0  # seconds; nothing here takes that long unless it is broken


def outcome(tmp_path: Path, text: str, *options: str) -> str:
    """Run this as a test suite of its own; what pytest says."""
    (tmp_path / "test_it.py").write_text(f"import smtplib\nimport pytest\n\n{text}", encoding="utf-8")
    command = [*PYTEST, "-p", "no:cacheprovider", *options]
    done = subprocess.run(  # noqa: S603 - our own
        command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.stdout + done.stderr


def test_each_fixture_is_a_server_of_its_kind_for_threads_asyncio_and_other_processes(tmp_path: Path) -> None:
    said = outcome(
        tmp_path,
        """
def send(client):
    with client:
        client.sendmail("a@example.com", "b@example.com", "Subject: hi\\n")

def test_smtp(smtp_server):
    send(smtplib.SMTP(*smtp_server.address))
    assert smtp_server.message.session.protocol == "ESMTP"

def test_tls(smtp_tls_server):
    send(smtplib.SMTP_SSL("localhost", smtp_tls_server.port, context=smtp_tls_server.client_context()))
    assert smtp_tls_server.message.session.tls

def test_lmtp(lmtp_server):
    send(smtplib.LMTP("127.0.0.1", lmtp_server.port))
    assert lmtp_server.message.session.protocol == "LMTP"

def test_unix(lmtp_unix_server):
    send(smtplib.LMTP(lmtp_unix_server.path))
    assert lmtp_unix_server.message.session.source_address == ""

def test_several(mail_server_factory):
    one, other = mail_server_factory("one"), mail_server_factory("other", transport="tls")
    send(smtplib.SMTP(*one.address))
    assert (len(one.messages), len(other.messages)) == (1, 0)

import asyncio, subprocess, sys

def test_asyncio(smtp_server):
    async def talk():
        reader, writer = await asyncio.open_connection(*smtp_server.address)
        writer.write(b"QUIT\\r\\n")
        await writer.drain()
        said = await reader.read()
        writer.close()
        return said
    assert asyncio.run(talk()).endswith(b"221 2.0.0 Goodbye\\r\\n")

def test_subprocess(smtp_server):
    code = "import smtplib, sys; smtplib.SMTP('localhost', int(sys.argv[1])).sendmail('a@b.org', 'c@d.org', '')"
    subprocess.run([sys.executable, "-c", code, str(smtp_server.port)], check=True)
    smtp_server.wait_for(messages=1)
""",
        "-W",
        "error",
    )
    assert "7 passed" in said, said


def test_the_marker_tells_the_server_what_to_do(tmp_path: Path) -> None:
    said = outcome(
        tmp_path,
        """
@pytest.mark.mail_server("disk-full", size=77)
class TestMarked:
    @pytest.mark.mail_server(rules=[("RSET", "250 2.0.0 once more")], users={"a": "b"}, time_factor=0.5)
    def test_marked(self, smtp_server):
        with smtplib.SMTP(*smtp_server.address) as client:
            client.ehlo()
            assert client.esmtp_features["size"] == "77"
            assert client.mail("a@example.com")[0] == 452
            assert client.rset() == (250, b"2.0.0 once more")
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("a", "wrong")

    @pytest.mark.mail_server(play="sendmail/all-refused")
    def test_played(self, smtp_server):
        with smtplib.SMTP(*smtp_server.address) as client, pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@example.com", ["b@example.com", "c@example.com"], "")
""",
        "--strict-markers",
    )
    assert "2 passed" in said, said


def test_a_marker_that_is_wrong_is_a_clear_error(tmp_path: Path) -> None:
    wrong = {
        '"greylistin"': "there is no preset 'greylistin'; did you mean 'greylisting'",
        'play="sendmail/all"': "there is no scenario 'sendmail/all'",
        'rules=[("RPCT", "250 ok")]': "'RPCT' is no command; did you mean 'RCPT'",
        "sise=3": "unexpected keyword argument 'sise'",
    }
    tests = [f"@pytest.mark.mail_server({marker})\ndef test_{n}(smtp_server): pass\n" for n, marker in enumerate(wrong)]
    said = outcome(tmp_path, "\n".join(tests))
    assert f"{len(wrong)} errors" in said
    assert [message for message in wrong.values() if message not in said] == []


def test_a_test_that_fails_shows_what_was_said(tmp_path: Path) -> None:
    said = outcome(
        tmp_path,
        """
def test_it(smtp_server, lmtp_server):
    with smtplib.SMTP(*smtp_server.address) as client:
        client.noop()
        assert client.does_esmtp
""",
    )
    assert "--- smtp_server: what was said ---" in said
    assert "  C: noop\n  S: 250 2.0.0 Nothing done\n" in said
    assert "--- lmtp_server: what was said ---" in said


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_what_had_to_be_cut_is_told_at_the_end(tmp_path: Path, options: tuple[str, ...]) -> None:
    said = outcome(
        tmp_path,
        """
kept = []

def test_it(smtp_server):
    kept.append(smtplib.SMTP(*smtp_server.address))
    kept[0].ehlo("me")
    kept[0].mail("a@example.com")
""",
        *options,
    )
    assert "connections that fake servers had to cut" in said
    assert "test_it.py::test_it: smtp_server: connection 1, after S: 250 2.1.0 Sender is fine" in said
    assert "1 passed" in said


def test_the_end_comes_in_time_whatever_the_client_does(tmp_path: Path) -> None:
    said = outcome(
        tmp_path,
        """
import socket

@pytest.mark.parametrize("preset", ["silent", "tarpit", "hung-in-data", "multiline-flood", "slow-end-of-data"])
def test_it(smtp_server, preset):
    smtp_server.preset(preset)
    client = socket.create_connection(smtp_server.address)
    client.sendall(b"EHLO x\\r\\nMAIL FROM:<a@b>\\r\\nRCPT TO:<a@b>\\r\\nDATA\\r\\n" + b"x" * 100000 + b"\\r\\n.\\r\\n")
    smtp_server.wait_for(connections=1)
    global kept
    kept = client
""",
        "--durations=0",
        "-vv",
    )
    assert "5 passed" in said, said
    times = [float(seconds) for seconds in re.findall(r"([0-9.]+)s teardown", said)]
    assert times
    assert max(times) < 6


def test_parallel_tests_do_not_meet(tmp_path: Path) -> None:
    said = outcome(
        tmp_path,
        """
@pytest.mark.parametrize("number", range(20))
def test_it(smtp_server, number):
    with smtplib.SMTP(*smtp_server.address) as client:
        client.sendmail("a@example.com", f"b{number}@example.com", "")
    assert smtp_server.message.recipients == (f"b{number}@example.com",)
""",
        "-n",
        "2",
    )
    assert "20 passed" in said, said


def test_a_fault_of_the_server_is_an_error_of_the_test(tmp_path: Path) -> None:
    said = outcome(
        tmp_path,
        """
def test_it(smtp_server):
    smtp_server.transcript.faults.append("made up")
""",
    )
    assert "ServerFaultError: made up" in said
    assert "1 passed, 1 error" in said


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ('"greylistng"', "there is no preset 'greylistng'; did you mean 'greylisting'?"),
        ('"nowhere.yaml"', "nowhere.yaml cannot be read: No such file or directory"),
        ('rules=[("RPCT", "550 no")]', "'RPCT' is no command; did you mean 'RCPT'?"),
        ('rules=[("RCPT", "no code")]', "no code"),
        ('rules=["RCPT"]', "too many values to unpack"),
        ("sizes=1000", "sizes"),
        ('play="sendmail/nothing"', "sendmail/nothing"),
        ('"mailbox-full-lmtp"', "is about LMTP"),
    ],
)
def test_a_marker_that_means_nothing_is_one_clear_message(tmp_path: Path, marker: str, message: str) -> None:
    test = f"@pytest.mark.mail_server({marker})\ndef test_it(smtp_server):\n    pass\n"
    said = outcome(tmp_path, test, "-W", "error")
    assert "smtp_server cannot be what the marker mail_server says: " in said
    assert message in said
    assert "Traceback" not in said
    assert "1 error" in said, "the socket of a server that was never started is closed: no ResourceWarning"


def test_a_client_that_floods_holds_up_no_teardown(tmp_path: Path) -> None:
    """It never reads and sends without end, from a thread that nobody ends: the test run goes on, and is told of it."""
    said = outcome(
        tmp_path,
        """
import socket, threading

def flood(address):
    with socket.create_connection(address) as sock:
        try:
            while True:
                sock.sendall(b"NOOP\\\\r\\\\n" * 1000)
        except OSError:
            pass

def test_flood(smtp_server):
    for _ in range(3):
        threading.Thread(target=flood, args=[smtp_server.address], daemon=True).start()
    smtp_server.wait_for(connections=3)

def test_next(smtp_server):
    assert smtplib.SMTP(*smtp_server.address).noop()[0] == 250
""".replace("\\\\", "\\"),
    )
    assert "2 passed" in said
    assert "connections that fake servers had to cut" in said
