"""A scenario file becomes scenarios, or a list of all its mistakes with their places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.errors import ScenarioError
from conformance.scenario.loader import Source, load
from conformance.scenario.model import Clause, Level, Scenario, Verb
from conformance.scenario.tree import Scalar
from fake_servers import steps

Loaded = Callable[[str], tuple[Scenario, ...]]
Problems = Callable[[str], list[str]]

CLAUSES = {
    "sendmail.works": Clause(id="sendmail.works", says="it works", level=Level.DOCUMENTED, norm="428"),
    "lmtp.works": Clause(id="lmtp.works", says="it works", level=Level.PROTOCOL, rfc="2033 section 4.2"),
}
HEAD = "title: A title that is long enough\nclauses: [sendmail.works]\nlevel: documented\n"
CLIENT = "client:\n  - open: SMTP\n"


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    def loaded(text: str) -> tuple[Scenario, ...]:
        path = tmp_path / "family" / "case.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return load(Source(path=path, file_id="family/case", shown_as="case.yaml"), CLAUSES)

    return loaded


@pytest.fixture
def problems(loaded: Loaded) -> Problems:
    def problems(text: str) -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            loaded(text)
        return [str(problem) for problem in caught.value.problems]

    return problems


def test_the_example_of_the_manual_is_a_scenario(loaded: Loaded) -> None:
    manual = (Path(__file__).parents[3] / "scenarios" / "README.md").read_text(encoding="utf-8")
    example = manual.split("```yaml\n")[1].split("```")[0]
    example = example.replace("sendmail.returns-refused-recipients, sendmail.normal-if-one-accepted", "sendmail.works")
    tcp, tls = loaded(example)
    assert (tcp.id, tls.id) == ("family/case[tcp]", "family/case[tls]")
    assert [step.subject for step in tls.client] == ["SMTP_SSL", "sendmail"]
    assert tls.script is not None
    assert tls.script.dialogues[0].transport is steps.Transport.TLS


def test_rows_and_transports_multiply_a_scenario(loaded: Loaded) -> None:
    found = loaded(
        HEAD + "over: [tcp, lmtp]\ncases:\n  busy: {code: 450}\n  no: {code: 550}\n"
        "server:\n  - hello: []\n  - C: NOOP\n  - S: $code no\n" + CLIENT
    )
    assert [scenario.id for scenario in found] == [
        "family/case[busy,tcp]",
        "family/case[busy,lmtp]",
        "family/case[no,tcp]",
        "family/case[no,lmtp]",
    ]
    script = found[3].script
    assert script is not None
    assert script.lmtp
    replies = [step.octets for step in script.dialogues[0].steps if isinstance(step, steps.Reply)]
    assert replies[-1] == b"550 no\r\n"
    assert found[3].client[0].subject == "LMTP"


def test_a_parameter_alone_keeps_its_type(loaded: Loaded) -> None:
    (scenario, _) = loaded(
        HEAD + "cases:\n  a: {code: 450}\n  b: {code: 550}\nclient:\n  - open: SMTP\n    attributes: {x: $code}\n"
    )
    (_, node) = scenario.client[0].attributes[0]
    assert isinstance(node, Scalar)
    assert node.value == 450


def test_starttls_plays_both_sides_of_the_upgrade(loaded: Loaded) -> None:
    (scenario,) = loaded(HEAD + "over: [starttls]\nserver:\n  - hello: [SIZE]\n" + CLIENT)
    assert [(step.verb, step.subject) for step in scenario.client] == [(Verb.OPEN, "SMTP"), (Verb.CALL, "starttls")]
    assert scenario.script is not None
    labels = [step.label for step in scenario.script.dialogues[0].steps]
    assert labels[3:6] == ["C: STARTTLS", "S: 220 2.0.0 Ready to start TLS", "tls"]


def test_a_response_behind_a_challenge_is_compared_to_the_letter(loaded: Loaded) -> None:
    (scenario,) = loaded(
        HEAD + "server:\n  - S: 220 hi\n  - C: AUTH X\n  - S: '334 '\n  - C: dXNlcg==\n  - S: 235 ok\n" + CLIENT
    )
    assert scenario.script is not None
    response = scenario.script.dialogues[0].steps[3]
    assert isinstance(response, steps.Command)
    assert response.pattern.mismatch(b"dXNlcg==\r\n") is None
    assert response.pattern.mismatch(b"DXNLCG==\r\n")


def test_mail_data_may_be_any_or_one_of_several(loaded: Loaded) -> None:
    begin = "server:\n  - S: 220 hi\n  - C: DATA\n  - S: 354 go\n"
    dialogues = [
        scenario.script.dialogues[0].steps[3]
        for data in ("!any", '!one-of ["", "\\r\\n"]')
        for scenario in loaded(f"{HEAD}{begin}  - data: {data}\n{CLIENT}")
        if scenario.script is not None
    ]
    assert [(step.content, step.others) for step in dialogues if isinstance(step, steps.MailData)] == [
        (None, ()),
        (b"", (b"\r\n",)),
    ]


def test_a_next_connection_begins_a_new_dialogue(loaded: Loaded) -> None:
    (scenario,) = loaded(
        HEAD + "server:\n  - S: 220 one\n  - close: fin\n  - next-connection:\n  - S: 220 two\n" + CLIENT
    )
    assert scenario.script is not None
    assert len(scenario.script.dialogues) == 2


@pytest.mark.parametrize(
    ("server", "place", "message"),
    [
        ("- S: 25 ok", "5:8", "'25 ok' is no reply line"),
        ("- S: ok", "5:8", "'ok' is no reply line"),
        ("- S: 220 5.7.8 no", "5:8", "enhanced status code 5.7.8 does not belong to reply code 220"),
        ("- S: [220-a, 221 b]", "5:8", "one reply has one code, not 220 and 221"),
        ("- S: [220-a, 220-b]", "5:8", "needs no hyphen behind the code"),
        ("- S: [220 a, 220 b]", "5:8", "needs a hyphen behind the code"),
        ("- S: 220 hi\n  - S: 250 again", "6:5", "speaks out of turn"),
        ("- C: EHLO *", "5:5", "the command before this one has no reply yet"),
        ("- S: 220 hi\n  - C: DATA\n  - S: 250 ok\n  - data: x", "8:5", "mail data come only behind a 354"),
        ("- S: 220 hi\n  - close: fin\n  - S: 250 ok", "7:5", "the server has ended this connection before"),
        (
            "- S: 220 hi\n  - C: DATA\n  - S: 354 go\n  - data: [a, b]",
            "8:11",
            "a list of contents needs the tag !one-of",
        ),
        ("- split: {reply: 220 ok, at: [4, 40]}", "5:12", "the cuts must rise and lie within"),
        ("- S: 220 hi\n  - C: !exct x", "6:8", "a command has no tag !exct"),
        ("- accept: {from: a@b, to: [c@d], data: [x]}", "5:42", "a list of contents needs the tag !one-of"),
        ("- either: [[{S: 220 hi}], []]", "5:14", "a branch begins with the command"),
        ("- S: 220 $nothing", "5:8", "nothing defines $nothing"),
        ("- S: 220", "5:8", "expected text or a list, got 220; quote it"),
        ("- hallo: []", "5:5", "unknown key 'hallo'; did you mean 'hello'?"),
    ],
)
def test_a_wrong_server_step_is_told_at_its_place(problems: Problems, server: str, place: str, message: str) -> None:
    found = problems(f"{HEAD}server:\n  {server}\n{CLIENT}")
    assert any(problem.startswith(f"case.yaml:{place}: ") and message in problem for problem in found), found


@pytest.mark.parametrize(
    ("client", "place", "message"),
    [
        ("- opn: SMTP", "5:5", "unknown key 'opn'; did you mean 'open'?"),
        ("- open: SNTP", "5:11", "'SNTP' is none of SMTP, SMTP_SSL, LMTP; did you mean 'SMTP'?"),
        ("- open: LMTP", "5:3", "an LMTP client needs over: [lmtp] or over: [unix]"),
        ("- call: noop\n    open: SMTP", "5:5", "this has open and call"),
        ("- call: noop\n    watch: [x]", "6:5", "call takes no 'watch'"),
        ("- call: noop\n    returns: 1\n    raises: X", "5:5", "a step comes out in one way"),
        ("- call: noop\n    args: [!byts x]", "6:12", "an argument has no tag !byts; did you mean 'bytes'?"),
        (
            "- call: noop\n    args: [!context {trust: true, verfy: 1}]",
            "6:12",
            "has no key 'verfy'; did you mean 'verify'?",
        ),
        ("- call: noop\n    returns: !words [a]", "6:14", "!words takes text"),
        ("- call: a b", "5:11", "does not look like"),
    ],
)
def test_a_wrong_client_step_is_told_at_its_place(problems: Problems, client: str, place: str, message: str) -> None:
    found = problems(f"{HEAD}client:\n  {client}\n")
    assert any(problem.startswith(f"case.yaml:{place}: ") and message in problem for problem in found), found


def test_all_mistakes_of_a_file_are_told_at_once(problems: Problems) -> None:
    found = problems(
        "title: A title that is long enough\nclauses: [sendmail.wroks]\nlevel: documentd\nsrver: []\n"
        "client:\n  - opn: x\n"
    )
    assert len(found) == 4
    assert "no clause 'sendmail.wroks' in clauses.yaml; did you mean 'sendmail.works'?" in found[0]


def test_a_mistake_in_the_table_of_cases_is_told_once(problems: Problems) -> None:
    found = problems(HEAD + "cases:\n  a: {x: 1}\n  b: {x: 2}\nserver:\n  - S: 20 ok\n" + CLIENT)
    assert len(found) == 1


def test_a_parameter_that_only_one_row_defines_is_told(problems: Problems) -> None:
    found = problems(HEAD + "cases:\n  a: {x: 1}\n  b: {y: 2}\nserver:\n  - S: 220 $x\n" + CLIENT)
    assert any("nothing defines $x" in problem for problem in found)


def test_a_level_stronger_than_its_clauses_is_told(problems: Problems) -> None:
    found = problems(HEAD.replace("sendmail.works", "lmtp.works") + CLIENT)
    assert "level documented is stronger than that of a clause it judges (protocol)" in found[0]


@pytest.mark.parametrize("text", ["", "- a\n", "text", "a: &b 1"])
def test_a_file_that_is_no_mapping_is_told(problems: Problems, text: str) -> None:
    assert problems(text)


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"title: \xff")
    with pytest.raises(ScenarioError, match="not UTF-8 at octet 7"):
        load(Source(path=path, file_id="x", shown_as="x.yaml"), CLAUSES)
