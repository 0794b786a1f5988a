"""``serve`` is a mail server for applications in any language."""

from __future__ import annotations

import base64
import json
import mailbox
import signal
import smtplib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conformance.serving.command import failing, serving

MESSAGE = "Subject: hi\r\n\r\nA line.\r\n"


def send(address: tuple[str, int], recipient: str = "bob@example.com") -> None:
    with smtplib.SMTP(*address) as client:
        client.sendmail("alice@example.com", recipient, MESSAGE)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_says_that_it_is_ready_and_ends_cleanly_on_a_signal(how: signal.Signals) -> None:
    with serving("serve") as served:
        assert served.ready[:3] == ["READY", "smtp", "127.0.0.1"]
        send(served.address)
        assert served.end(how) == 0
    assert served.errors == "smtp-conformance serve: 1 connections, 1 messages\n"


def test_the_dialogue_is_shown_as_it_happens() -> None:
    with serving("serve", "mailbox-full") as served:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(served.address)
        assert served.process.stdout is not None
        lines: list[str] = []
        while not lines or "S: 452" not in lines[-1]:
            lines.append(served.process.stdout.readline())
    assert lines[-3:] == [
        "   1  C: rcpt TO:<bob@example.com>\n",
        "   1  -- rule: RCPT TO:<bob@*>: reply 452 4.2.2 Mailbox is full\n",
        "   1  S: 452 4.2.2 Mailbox is full\n",
    ]
    assert "\x1b" not in "".join(lines)


def test_messages_go_to_a_maildir_and_to_json_lines(tmp_path: Path) -> None:
    lines, box = tmp_path / "mail.jsonl", tmp_path / "box"
    with serving("serve", "--quiet", "--json-lines", lines, "--maildir", box) as served:
        send(served.address)
        send(served.address, "carol@example.com")
        assert served.end() == 0
    said = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [(one["sender"], one["recipients"], one["subject"]) for one in said] == [
        ("alice@example.com", ["bob@example.com"], "hi"),
        ("alice@example.com", ["carol@example.com"], "hi"),
    ]
    assert base64.b64decode(said[0]["raw_base64"]) == MESSAGE.encode()
    kept = list(mailbox.Maildir(box))
    assert sorted(one["Delivered-To"] for one in kept) == ["bob@example.com", "carol@example.com"]


def test_json_lines_on_standard_output_stand_alone() -> None:
    with serving("serve", "--json-lines", "-") as served:
        send(served.address)
        served.end()
    assert json.loads(served.output)["subject"] == "hi"


@pytest.mark.parametrize("options", [["--tls"], []])
def test_clients_trust_the_authority_that_is_written_to_a_file(tmp_path: Path, options: list[str]) -> None:
    ca_file = tmp_path / "ca.pem"
    with serving("serve", *options, "--ca-file", ca_file, "--user", "alice:secret") as served:
        context = ssl.create_default_context(cafile=ca_file)
        host, port = served.address
        client = smtplib.SMTP_SSL(host, port, context=context) if options else smtplib.SMTP(host, port)
        with client:
            if not options:
                client.starttls(context=context)
            assert client.login("alice", "secret")[0] == 235


def test_a_unix_socket_comes_and_goes(tmp_path: Path) -> None:
    path = tmp_path / "s" if len(str(tmp_path)) < 90 else Path(f"/tmp/{tmp_path.name}")  # noqa: S108
    with serving("serve", "--lmtp", "--unix", path) as served:
        assert served.ready == ["READY", "lmtp", "unix", str(path)]
        with smtplib.LMTP(str(path)) as client:
            assert client.sendmail("alice@example.com", "bob@example.com", MESSAGE) == {}
        served.end()
    assert not path.exists()


def test_a_scenario_is_played_again_and_again() -> None:
    with serving("serve", "sendmail/all-refused") as served:
        for _ in range(3):
            with smtplib.SMTP(*served.address) as client, pytest.raises(smtplib.SMTPRecipientsRefused):
                client.sendmail("x@example.com", ["y@example.com", "z@example.com"], MESSAGE)


def test_rules_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("title: Nobody is there\nrules:\n  - {at: RCPT, reply: 550 5.1.1 Nobody}\n", encoding="utf-8")
    with serving("serve", file) as served, pytest.raises(smtplib.SMTPRecipientsRefused):
        send(served.address)


def test_hundreds_of_connections_are_served_at_once() -> None:
    with serving("serve", "--quiet") as served:
        clients = [socket.create_connection(served.address) for _ in range(400)]
        for client in clients:
            assert client.recv(3) == b"220"
            client.close()
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda _: send(served.address), range(200)))
        assert served.end() == 0
    assert "600 connections, 200 messages" in served.errors


def test_what_had_to_be_cut_is_told() -> None:
    with serving("serve") as served, smtplib.SMTP(*served.address) as client:
        client.noop()
        assert served.end() == 0
        assert served.errors.endswith("1 connections, 0 messages\nsmtp-conformance serve: cut: connection 1\n")
        client.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["greylistin"], "did you mean 'greylisting'"),
        (["--port", "70000"], "70000 is not in the range"),
        (["--host", "192.0.2.1"], "cannot listen on 192.0.2.1"),
        (["--user", "alice"], "--user takes NAME:PASSWORD, not 'alice'"),
        (["--ca-file", "no/such/folder/ca.pem"], "cannot be written: No such file"),
        (["--unix", "no/such/folder/s"], "cannot listen on no/such/folder/s"),
        (["--unix", "s", "--tls"], "do not go together"),
        (["no/such/file.yaml"], "no/such/file.yaml cannot be read"),
        (["api/module-constants"], "there is no scenario"),
    ],
)
def test_what_cannot_be_served_is_told_at_once(arguments: list[str], message: str) -> None:
    code, said = failing("serve", *arguments)
    assert code == 2
    assert message in said


def test_a_port_in_use_is_told() -> None:
    with serving("serve") as served:
        code, said = failing("serve", "--port", str(served.address[1]))
    assert (code, "Address already in use" in said) == (2, True)


def test_presets_are_listed_and_shown() -> None:
    assert "greylisting " in failing("list", "--presets")[1]
    assert failing("show", "disk-full")[1].startswith("# yaml-language-server")
    assert failing("list", "--presets", "nope*")[0] == 5
