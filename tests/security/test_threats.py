"""What ``docs/security.md`` says is so: each proof is there, and those without a place elsewhere are here."""

from __future__ import annotations

import ast
import email
import re
from pathlib import Path

import pytest

from conformance.scenario.collection import read_corpus
from conformance.scenario.loader import find_sources
from conformance.serving.delivery import to_maildir
from conformance.serving.endpoint import Endpoint
from conformance.serving.serve import ServeOptions
from fake_servers import MailServer, expressions
from fake_servers.expressions import Expression
from tests.fake_servers.wire_client import WireClient

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(
    set(
        re.findall(
            r"`([a-z_]+/[a-z0-9_./-]+(?:::\w+)?)`",
            "".join(line.rpartition("|")[0].rpartition("|")[2] for line in PAGE.splitlines() if line.startswith("|")),
        )
    )
)


def test_the_table_names_proofs() -> None:
    assert len(NAMED) > 40


@pytest.mark.parametrize("name", [name for name in NAMED if "::" in name])
def test_each_test_that_is_named_exists(name: str) -> None:
    path, _, function = name.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_scenario_that_is_named_exists() -> None:
    known = {scenario.file_id for scenario in read_corpus().scenarios}
    assert [name for name in NAMED if "::" not in name and name not in known] == []


def test_each_line_of_a_table_names_a_proof() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| tries")]
    assert rows
    assert [row for row in rows if not any(f"`{name}`" in row for name in NAMED)] == []


@pytest.mark.parametrize("match", ["matches", "is_in"])
def test_a_regular_expression_that_does_not_end_matches_nothing(match: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "_WITHIN", 0.05)
    assert not getattr(Expression("(a|aa)+$"), match)("a" * 5000 + "b")
    assert getattr(Expression("(a|aa)+$"), match)("a" * 50)


def test_servers_listen_on_the_loopback_interface_unless_told_otherwise() -> None:
    with MailServer() as server:
        assert server.host == "127.0.0.1"
    assert Endpoint().host == ServeOptions().host == "127.0.0.1"
    with Endpoint().listen().listening as listening:
        assert listening.getsockname()[0] == "127.0.0.1"


def test_a_folder_of_scenarios_leads_nowhere_else(tmp_path: Path) -> None:
    """Links are not followed, neither to files nor to folders."""
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "scenarios"
    for made in (elsewhere, folder):
        made.mkdir()
        (made / "own.yaml").write_text("title: x\n", encoding="utf-8")
    (folder / "link.yaml").symlink_to(elsewhere / "own.yaml")
    (folder / "linked").symlink_to(elsewhere)
    assert [source.file_id for source in find_sources(folder)] == ["own"]


@pytest.mark.parametrize(
    "sender", [b'"a\rX-Forged: 1"@example.com', b'"a\nX-Forged: 1"@example.com', b"a@example.com\r"]
)
def test_an_envelope_adds_no_field_to_a_maildir(tmp_path: Path, sender: bytes) -> None:
    with MailServer(taker=to_maildir(tmp_path / "box")) as server, WireClient(server) as client:
        client.begin()
        client.send(
            b"MAIL FROM:<" + sender + b">\r\nRCPT TO:<b@example.com>\r\nDATA\r\nSubject: hi\r\n\r\nhi\r\n.\r\nQUIT\r\n"
        )
        client.to_end()
    for path in (tmp_path / "box" / "new").iterdir():
        assert email.message_from_bytes(path.read_bytes())["X-Forged"] is None
