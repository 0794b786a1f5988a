"""``record`` stands between a client and a real server and writes a file that ``serve`` replays."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest

from fake_servers.mail_server import MailServer
from tests.conformance.serving.command import failing, serving

MESSAGE = "Subject: secret\r\n\r\nA line.\r\n"


def send(address: tuple[str, int]) -> tuple[int, bytes | str]:
    with smtplib.SMTP(*address) as client:
        client.login("alice", "swordfish")
        try:
            client.sendmail("alice@example.com", "bob@example.com", MESSAGE)
        except smtplib.SMTPDataError as error:
            return error.smtp_code, error.smtp_error
    return 250, b""


@pytest.mark.parametrize("form", ["script", "rules"])
def test_what_it_writes_serves_the_same(tmp_path: Path, form: str) -> None:
    file = tmp_path / "recorded.yaml"
    with MailServer() as real:
        real.rule("end of data", "554 5.7.1 Spam")
        upstream = f"127.0.0.1:{real.port}"
        with serving("record", "--upstream", upstream, "-o", file, "--as", form, "--sessions", "1") as recorder:
            assert send(recorder.address) == (554, b"5.7.1 Spam")
            assert recorder.wait() == 0
        assert recorder.errors == f"smtp-conformance record: 1 sessions in {file}\n"
    assert "secret" not in file.read_text(encoding="utf-8")
    with serving("serve", file) as served:
        assert send(served.address) == (554, b"5.7.1 Spam")


def test_credentials_and_content_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "recorded.yaml"
    with MailServer() as real:
        options = ["--keep-content", "--keep-credentials", "-o", str(file)]
        with serving("record", "--upstream", f"127.0.0.1:{real.port}", *options) as recorder:
            send(recorder.address)
            assert recorder.end() == 0
    assert "Subject: secret" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--upstream", "nowhere", "-o", "x.yaml"], "--upstream takes HOST:PORT, not 'nowhere'"),
        (["--upstream", "h:25", "-o", "no/such/folder/x.yaml"], "cannot be written"),
        (["--upstream", "h:25", "-o", "x.yaml", "--upstream-ca", "nope.pem"], "nope.pem holds no certificates"),
        (["-o", "x.yaml"], "Missing option '--upstream'"),
    ],
)
def test_what_cannot_be_recorded_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = failing("record", *arguments)
    assert (code, message in said) == (2, True), said
