"""Mail clients that others have written, each as a command line that sends one message."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fake_servers import MailServer

PATIENCE = 30.0  # seconds; nothing here takes that long unless it is broken
SENDER = "alice@example.com"
USER, PASSWORD = "alice", "swordfish"
MESSAGE = "From: alice@example.com\nTo: bob@example.com\nSubject: hi\n\nA line.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a peer is to do.

    Attributes:
        port: where the server listens.
        recipients: who gets the message.
        ca_file: whom to trust; STARTTLS is demanded then. Empty: in clear.
        login: whether to authenticate.
        file: holds the message.
    """

    port: int
    recipients: tuple[str, ...]
    ca_file: str
    login: bool
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A mail client.

    Attributes:
        name: of its command.
        command: makes the command line of an errand.
        tls: whether it knows STARTTLS.
        login: whether it knows AUTH.
        install: what to install it with.
    """

    name: str
    command: Callable[[Errand], list[str]]
    tls: bool = True
    login: bool = True
    install: str

    @property
    def missing(self) -> str:
        """Why it cannot be used; empty if it can."""
        if shutil.which(self.name) is None:
            return f"{self.name} is not installed ({self.install})"
        if self.name == "node" and _run(["node", "-e", "require('nodemailer')"]).returncode:
            return f"nodemailer is not to be found in NODE_PATH ({self.install})"
        return ""

    def send(
        self,
        server: MailServer,
        directory: Path,
        *recipients: str,
        tls: bool = False,
        login: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Send one message; return how that ended."""
        file = directory / "message.txt"
        file.write_text(MESSAGE, encoding="utf-8")
        errand = Errand(
            port=server.port,
            recipients=recipients or ("bob@example.com",),
            ca_file=server.ca_file if tls else "",
            login=login,
            file=file,
        )
        return _run(self.command(errand))


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "HOME": "/nonexistent"}
    return subprocess.run(  # noqa: S603 - what is run stands below
        command, capture_output=True, text=True, timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL, env=env
    )


def _curl(errand: Errand) -> list[str]:
    command = ["curl", "--silent", "--show-error", "--max-time", "20", "--upload-file", str(errand.file)]
    command += ["--url", f"smtp://localhost:{errand.port}/client.example.org", "--mail-from", SENDER]
    for recipient in errand.recipients:
        command += ["--mail-rcpt", recipient]
    command += ["--ssl-reqd", "--cacert", errand.ca_file] if errand.ca_file else []
    return command + (["--user", f"{USER}:{PASSWORD}"] if errand.login else [])


def _swaks(errand: Errand) -> list[str]:
    command = ["swaks", "--server", "127.0.0.1", "--port", str(errand.port), "--from", SENDER, "--timeout", "20s"]
    command += ["--to", ",".join(errand.recipients), "--data", f"@{errand.file}", "--hide-all"]
    return command + (["--auth", "PLAIN", "-au", USER, "-ap", PASSWORD] if errand.login else [])


def _msmtp(errand: Errand) -> list[str]:
    settings = {"host": "localhost", "port": errand.port, "from": SENDER, "timeout": 20}
    settings |= {"tls": "on" if errand.ca_file else "off", "auth": "plain" if errand.login else "off"}
    settings |= {"tls-trust-file": errand.ca_file} if errand.ca_file else {}
    settings |= {"user": USER, "passwordeval": f"echo {PASSWORD}"} if errand.login else {}
    options = " ".join(f"--{name}='{value}'" for name, value in settings.items())
    return ["sh", "-c", f"exec msmtp {options} -- {' '.join(errand.recipients)} < '{errand.file}'"]


def _smtp_source(errand: Errand) -> list[str]:
    command = ["smtp-source", "-m", "1", "-f", SENDER, "-t", errand.recipients[0], "-F", str(errand.file)]
    return [*command, f"inet:127.0.0.1:{errand.port}"]


def _nodemailer(errand: Errand) -> list[str]:
    asked = {
        "port": errand.port,
        "ca_file": errand.ca_file,
        "user": USER if errand.login else "",
        "password": PASSWORD,
        "sender": SENDER,
        "recipients": errand.recipients,
        "message": MESSAGE.replace("\n", "\r\n"),
    }
    return ["node", str(Path(__file__).with_name("send.js")), json.dumps(asked)]


PEERS = (
    Peer(name="curl", command=_curl, install="apt-get install curl"),
    Peer(name="swaks", command=_swaks, install="apt-get install swaks", tls=False),
    Peer(name="msmtp", command=_msmtp, install="apt-get install msmtp"),
    Peer(name="smtp-source", command=_smtp_source, install="apt-get install postfix", tls=False, login=False),
    Peer(name="node", command=_nodemailer, install="npm install nodemailer"),
)
