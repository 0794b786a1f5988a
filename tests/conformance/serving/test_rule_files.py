"""A rule file is checked in full, and every mistake has its place; the shipped presets are sound."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from conformance.errors import ScenarioError, UsageError
from conformance.serving.gallery import preset_list
from conformance.serving.library import FileLibrary
from conformance.serving.rule_files import PRESETS, SCHEMA, preset, preset_names
from fake_servers.mail_server import MailServer
from fake_servers.manners import Conduct
from fake_servers.rule_text import RuleSettings
from fake_servers.steps import Transport


def problems_of(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        FileLibrary().behaviour(str(file))
    return [f"{problem.line}:{problem.column}: {problem.message}" for problem in caught.value.problems]


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_is_sound_and_says_what_it_is_about(name: str) -> None:
    behaviour = preset(name)
    assert behaviour.about.endswith(".")
    with MailServer(Conduct(lmtp=bool(behaviour.lmtp))) as server:
        server.preset(behaviour)
        assert len(server.rules) == len(behaviour.rules)


def test_the_list_of_presets_has_a_line_for_each() -> None:
    assert [line.split()[0] for line in preset_list()] == preset_names()
    assert len(list(preset_list(["lost-*"]))) == 3
    assert len(list(PRESETS.glob("*"))) == len(preset_names())


def test_the_schema_is_one_and_knows_every_setting_of_a_rule() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    known = set(schema["properties"]["rules"]["items"]["properties"])
    assert known == {name.replace("_", "-") for name in RuleSettings.__annotations__} | {"at", "reply"}
    settings = set(schema["properties"]["settings"]["properties"])
    assert settings == {name.replace("_", "-") for name in Conduct.__slots__} - {"lmtp"}


def test_all_mistakes_of_the_form_are_told_at_their_places(tmp_path: Path) -> None:
    text = "title: Broken\nrulez: []\nrules:\n  - at: RCPT\n    reply: 250\n  - repyl: 250 ok\n"
    assert problems_of(tmp_path, text) == [
        "2:1: unknown key 'rulez'; did you mean 'rules'?",
        "5:12: reply: expected text or a list, got 250; quote it",
        "6:5: 1: missing key 'at'",
        "6:5: unknown key 'repyl'; did you mean 'reply'?",
    ]


def test_all_mistakes_of_the_rules_are_told_at_their_places(tmp_path: Path) -> None:
    text = "title: Broken\nrules:\n- at: RPCT\n  reply: 250 ok\n- at: MAIL\n- at: DATA\n  rate: often\n  close: fin\n"
    told = problems_of(tmp_path, text)
    assert [re.match(r"\d+:\d+: \w+", one)[0] for one in told] == ["3:7: at", "5:3: a", "7:9: rate"]  # type: ignore[index]


@pytest.mark.parametrize(("text", "message"), [("- a list\n", "mapping"), ("", "empty"), ("a: [", "not YAML")])
def test_what_is_no_rule_file_is_said_to_be_none(tmp_path: Path, text: str, message: str) -> None:
    assert message in problems_of(tmp_path, text)[0]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("greylistin", "there is no preset 'greylistin'; did you mean 'greylisting'"),
        ("not/there.yaml", "not/there.yaml cannot be read: No such file"),
    ],
)
def test_an_unknown_behaviour_is_told_with_what_was_meant(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        FileLibrary().behaviour(name)


def test_a_preset_for_lmtp_is_refused_by_an_smtp_server() -> None:
    with MailServer(library=FileLibrary()) as server, pytest.raises(ValueError, match="is about LMTP"):
        server.preset("mailbox-full-lmtp")


def test_a_scenario_is_played_as_it_is_for_this_kind_of_server() -> None:
    library = FileLibrary()
    for transport, lmtp in ((Transport.TCP, False), (Transport.TLS, False), (Transport.UNIX, True)):
        script = library.script("sendmail/all-refused", transport=transport, lmtp=lmtp)
        assert ({one.transport for one in script.dialogues}, script.lmtp) == ({transport}, lmtp)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sendmail/all-refusd", "did you mean 'sendmail/all-refused'"),
        ("lmtp/one-recipient-refused-after-data", "that an SMTP server over tcp can play"),
    ],
)
def test_a_scenario_that_cannot_be_played_is_told(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        FileLibrary().script(name, transport=Transport.TCP, lmtp=False)


def test_a_file_with_a_server_alone_is_a_script(tmp_path: Path) -> None:
    file = tmp_path / "script.yaml"
    file.write_text('title: A script\nserver:\n  - S: "220 hello"\n  - C: NOOP\n  - S: 250 fine\n', encoding="utf-8")
    script = FileLibrary().script(str(file), transport=Transport.TCP, lmtp=False)
    assert len(script.dialogues[0].steps) == 3
    file.write_text("title: A script\nsurver: x\nserver:\n  - X: 220 hello\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="unknown key 'surver'") as caught:
        FileLibrary().script(str(file), transport=Transport.TCP, lmtp=False)
    assert "4:5: unknown key 'X'" in str(caught.value)
