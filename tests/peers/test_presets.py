"""The presets do to the clients of others what their sentences say.

``nox -s peers`` installs what can be installed; a client that is not there is skipped with the reason.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.serving.library import FileLibrary
from fake_servers import Conduct, MailServer
from tests.peers.peers import PASSWORD, PATIENCE, PEERS, USER, Peer


@pytest.fixture(params=PEERS, ids=[peer.name for peer in PEERS])
def peer(request: pytest.FixtureRequest) -> Peer:
    chosen: Peer = request.param
    if chosen.missing:
        pytest.skip(chosen.missing)
    return chosen


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer(Conduct(users={USER: PASSWORD}), library=FileLibrary(), time_factor=0.01) as server:
        yield server


@pytest.mark.parametrize(
    "preset", [None, "no-esmtp", "pix-firewall", "postscreen", "tarpit", "slow-end-of-data", "eight-bit-hostile"]
)
def test_what_is_only_odd_keeps_nobody_from_delivering(
    peer: Peer, server: MailServer, tmp_path: Path, preset: str | None
) -> None:
    if preset:
        server.preset(preset)
    done = peer.send(server, tmp_path)
    assert done.returncode == 0, done.stderr + server.dialogue
    assert server.message.recipients == ("bob@example.com",)
    assert server.message.text.strip() == "A line."
    assert server.message.session.protocol == (
        "ESMTP" if preset != "no-esmtp" and peer.name != "smtp-source" else "SMTP"
    )


@pytest.mark.parametrize(
    "preset",
    [
        "blocklisted",
        "disk-full",
        "greylisting",
        "late-refusal",
        "lost-at-once",
        "lost-in-data",
        "mailbox-full",
        "shutting-down",
    ],
)
def test_what_fails_is_known_to_have_failed(peer: Peer, server: MailServer, tmp_path: Path, preset: str) -> None:
    server.preset(preset)
    done = peer.send(server, tmp_path)
    assert done.returncode != 0, server.dialogue
    assert not server.messages


def test_a_greylisted_message_gets_through_at_the_second_attempt(
    peer: Peer, server: MailServer, tmp_path: Path
) -> None:
    server.preset("greylisting-once")
    assert peer.send(server, tmp_path).returncode != 0
    assert peer.send(server, tmp_path).returncode == 0
    assert len(server.messages) == 1


def test_nobody_knows_what_became_of_a_message_when_the_reply_to_it_is_lost(
    peer: Peer, server: MailServer, tmp_path: Path
) -> None:
    server.preset("lost-after-data")
    assert peer.send(server, tmp_path).returncode != 0
    assert not server.message.acknowledged


@pytest.mark.parametrize(
    "preset",
    [
        "broken-starttls",
        "expired-certificate",
        "starttls-refused",
        "starttls-stripped",
        "untrusted-certificate",
        "wrong-host-certificate",
    ],
)
def test_without_good_tls_nothing_is_sent(peer: Peer, server: MailServer, tmp_path: Path, preset: str) -> None:
    if not peer.tls:
        pytest.skip(f"{peer.name} knows no STARTTLS, or needs more than itself for it")
    server.preset(preset)
    assert peer.send(server, tmp_path, tls=True).returncode != 0
    assert not re.search(r"C: MAIL", server.dialogue, re.IGNORECASE)


@pytest.mark.parametrize("preset", ["wrong-password", "authentication-down"])
def test_without_authentication_nothing_is_sent(peer: Peer, server: MailServer, tmp_path: Path, preset: str) -> None:
    if not peer.login:
        pytest.skip(f"{peer.name} knows no AUTH")
    server.preset(preset)
    assert peer.send(server, tmp_path, login=True).returncode != 0
    assert not server.messages


def test_with_tls_and_the_right_password_it_is_sent(peer: Peer, server: MailServer, tmp_path: Path) -> None:
    if not (peer.tls and peer.login):
        pytest.skip(f"{peer.name} knows no STARTTLS")
    server.preset("authentication-required")
    done = peer.send(server, tmp_path, tls=True, login=True)
    assert done.returncode == 0, done.stderr + server.dialogue
    assert (server.message.session.user, server.message.session.tls) == (USER, "TLSv1.3")


def test_a_load_of_many_sessions_is_carried(server: MailServer) -> None:
    """Postfix's own load generator: 50 sessions at once, 500 messages."""
    source = next(peer for peer in PEERS if peer.name == "smtp-source")
    if source.missing:
        pytest.skip(source.missing)
    options = ["-s", "50", "-m", "500", "-f", "a@example.com", "-t", "b@example.com", f"127.0.0.1:{server.port}"]
    subprocess.run(["smtp-source", *options], check=True, timeout=PATIENCE)  # noqa: S603, S607
    assert len(server.messages) == 500
