"""Nothing that a stranger wrote commands a terminal or runs in a page: no scenario, result, reply or client."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from fake_servers import MailServer
from fake_servers.transcript import End
from tests.fake_servers.wire_client import PATIENCE, WireClient

HOSTILE = """\
title: "A client says \\e]0;taken\\a EHLO <script>alert(1)</script>"
clauses: [ehlo.sends-ehlo]
level: documented
note: "\\e[31m red \\u202e"
server:
  - hello: []
  - C: "NOOP \\e[2J"
  - S: "250 \\e[31m"
client:
  - open: SMTP
  - call: ehlo
    returns: [251, "\\e[31m"]
"""


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "stranger.yaml").write_text(HOSTILE, encoding="utf-8")
    (folder / "with\x1b[31mescape.yaml").write_text(HOSTILE, encoding="utf-8")
    (folder / "broken.yaml").write_text("a: '\x1b[31m'\n? \"\\e[2J\"\n", encoding="utf-8")
    return folder


def command(folder: Path, *arguments: str) -> str:
    """Return all that a command writes."""
    ended = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "conformance", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    return ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("lint", "{folder}"),
        ("list", "--scenarios", "{folder}"),
        ("show", "--scenarios", "{folder}", "stranger"),
        ("run", "-v", "--scenarios", "{folder}", "stranger"),
        ("run", "--client", "x\x1b[31m"),
        ("run", "--scenarios", "{folder}/\x1b[31m"),
        ("serve", "x\x1b[31m"),
        ("report", "{folder}/\x1b[31m"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_command_writes_control_characters_of_a_stranger(
    tmp_path: Path, hostile: Path, arguments: tuple[str, ...]
) -> None:
    said = command(tmp_path, *(argument.replace("{folder}", str(hostile)) for argument in arguments))
    assert said
    assert not [character for character in said if ord(character) < 32 and character not in "\n\t"]
    assert "\x7f" not in said
    assert "\u202e" not in said


def test_pages_and_junit_of_a_hostile_result_are_what_they_are(tmp_path: Path, hostile: Path) -> None:
    """A result file that a stranger wrote: ids and titles with markup and control characters."""
    results = tmp_path / "results.jsonl"
    command(tmp_path, "run", "--scenarios", str(hostile), "--json", str(results), "stranger")
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        if line["type"] == "result":
            line.update(id="evil/\x1b]0;taken\x07</script><script>alert(1)</script>", path="\x1b[2J", tags=["<b>"])
    results.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    page, junit, markdown = tmp_path / "p.html", tmp_path / "j.xml", tmp_path / "m.md"
    forms = ("--html", str(page), "--junit", str(junit), "--markdown", str(markdown))
    said = command(tmp_path, "report", str(results), *forms)
    assert "\x1b" not in said
    assert "<script>alert" not in page.read_text(encoding="utf-8")
    assert "<script>alert" not in markdown.read_text(encoding="utf-8")
    ET.parse(junit)  # noqa: S314 - our own file; that it can be read is what is tested


def test_what_was_cut_is_told_without_the_clients_control_characters() -> None:
    with MailServer() as server:
        client = WireClient(server)
        client.reply()
        client.send(b"\x1b]0;taken\x07 NOOP\r\n")
        client.reply()
        client.send(b"\x1b[2J without its end")
        assert server.wait_until_idle(PATIENCE)
        server.stop()
        client.socket.close()
    assert server.transcript.connections[0].end is End.CUT
    assert "\x1b" not in "".join(server.cut) + server.dialogue + repr(server)
