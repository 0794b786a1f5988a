"""What the loader makes of any text: scenarios, or mistakes with their places; in bounded time, and nothing else."""

from __future__ import annotations

import random
import re
import tempfile
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import scenarios
from conformance.errors import ScenarioError
from conformance.scenario.collection import read_catalogue
from conformance.scenario.loader import Source, load
from conformance.scenario.tree import read_tree
from conformance.serving.library import is_script, read_script
from conformance.serving.rule_files import PRESETS, read_behaviour
from fake_servers.steps import Transport
from tests.fuzzing.profiles import quick

LOADED_WITHIN = 20.0  # seconds, on a busy machine; a file takes some milliseconds
_VALUES = [
    *("~", "[]", "{}", "''", "no", "0", "-1", "1e999", ".inf", ".nan", "0x" + "f" * 5000, "9" * 5000, "1_0", "0o7"),
    *(
        "!bytes",
        "!any",
        "!re '('",
        "!re '(a+)+$'",
        "!repeat {text: x, times: 99999999999999}",
        "!nonsense x",
        "!!python/name:os.system",
    ),
    *(
        "!!python/object/apply:os.system [id]",
        "!!binary aGk=",
        "!!set {a}",
        "&a [*a]",
        "*a",
        "<<: {a: b}",
        "$nothing",
        "$$",
        "$port",
    ),
    *(
        "'\\udcff'",
        '"\\ud800"',
        '"\\u0000"',
        '"\\e[2J"',
        "250",
        "S:",
        "- S: 250 ok",
        "- C: NOOP",
        "-",
        "? a",
        "%YAML 1.1",
        "---",
        "...",
        "\t",
    ),
    *("- close: fin", "- next-connection:", "- dribble: 1", "- split: {reply: 250 ok, at: [1]}", "- flood: {send: x}"),
    *("- read: 100000000000000000000000", "- peer: {tls: 1}", "client:", "server:", "cases: {a: {x: 1}, b: {x: 2}}"),
    *(
        "over: [tcp, tls, starttls, lmtp, unix]",
        "deadline: 1",
        "deadline: .inf",
        "given: {hosts: {a: [server]}}",
        "[" * 200,
        "{a: " * 100,
    ),
]
_VALUE = re.compile(r"((?:^|[-{,])\s*[\w-]+:) [^,}\n]*")
_TOKEN = re.compile(r"[A-Za-z0-9_.$-]+|\s+|.", re.DOTALL)


@cache
def corpus() -> list[str]:
    """Return the shipped scenarios and presets, as texts."""
    return [
        path.read_text(encoding="utf-8")
        for root in (scenarios.ROOT, PRESETS)
        for path in sorted(root.rglob("*.yaml"))
        if path.name != "clauses.yaml"
    ]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Shipped files, with tokens and lines of other files and of nobody's in them."""
    texts = corpus()
    tokens = _TOKEN.findall(draw(st.sampled_from(texts)))
    chance = random.Random(draw(st.integers(0, 2**32 - 1)))  # noqa: S311 - no secret
    for _ in range(draw(st.integers(1, 4))):
        at = chance.randrange(len(tokens) + 1)
        end = min(at + chance.choice([0, 1, 1, 1, 3, 20]), len(tokens))
        other = _TOKEN.findall(chance.choice(texts))
        begin = chance.randrange(len(other))
        tokens[at:end] = chance.choice(
            [
                [],
                tokens[at:end] * 2,
                [draw(st.sampled_from(_VALUES))],
                ["\n", draw(st.sampled_from(_VALUES)), "\n"],
                ["\n  ", draw(st.sampled_from(_VALUES)), "\n"],
                other[begin : begin + chance.choice([1, 5, 40])],
            ]
        )
    return "".join(tokens)


@st.composite
def revalued(draw: st.DrawFn) -> str:
    """Shipped files in which some keys have another value."""
    lines = draw(st.sampled_from(corpus())).splitlines()
    chance = random.Random(draw(st.integers(0, 2**32 - 1)))  # noqa: S311 - no secret
    for _ in range(draw(st.integers(1, 3))):
        at = chance.randrange(len(lines))
        lines[at] = _VALUE.sub(lambda found: f"{found[1]} {draw(st.sampled_from(_VALUES))}", lines[at])
    return "\n".join(lines)


TEXTS = st.one_of(mutated(), revalued(), revalued(), st.text(max_size=200))
CLAUSES = read_catalogue([])


def load_text(text: str) -> None:
    """Load a text as a scenario file.

    Raises:
        ScenarioError: as ``load``.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzzed.yaml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        load(Source(path=path, file_id="fuzzed", shown_as="fuzzed.yaml"), CLAUSES)


def check_problems(error: ScenarioError, text: str) -> None:
    """Check that each mistake is told at a place that the text has, in a message of one line that can be shown."""
    lines = text.count("\n") + text.count("\r") + text.count("\x85") + text.count("\u2028") + text.count("\u2029") + 1
    assert error.problems
    for problem in error.problems:
        assert 1 <= problem.line <= lines + 1
        assert problem.column >= 1
        assert problem.message


def bomb(anchors: int) -> str:
    """Return a few lines that name each other so often that written out they would fill any memory."""
    lines = [f"a0: &a0 [{', '.join(['x'] * 9)}]"]
    lines += [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]" for number in range(1, anchors)]
    return "\n".join(lines) + "\n"


@given(TEXTS)
@example(bomb(12))
@example("title: &a [*a]\n")
@example("[" * 3000)
@example("a: " + "!t " * 3000)
@example("- " * 2000)
@example("\ud800")
@example("title: 0x" + "f" * 5000)
@quick(60)
def test_a_scenario_file_is_loaded_or_its_mistakes_are_told(text: str) -> None:
    """Whatever stands in a file, loading gives scenarios or located mistakes, in time."""
    began = time.monotonic()
    try:
        load_text(text)
    except ScenarioError as error:
        check_problems(error, text)
    assert time.monotonic() - began < LOADED_WITHIN


@given(TEXTS)
@example(bomb(12))
@quick(60)
def test_a_rule_file_or_a_script_is_loaded_or_its_mistakes_are_told(text: str) -> None:
    """The same for what ``serve`` and the fixtures read."""
    try:
        tree = read_tree(text, "fuzzed.yaml")
        if is_script(tree):
            read_script(tree, transport=Transport.TCP, lmtp=False)
        else:
            read_behaviour(tree)
    except ScenarioError as error:
        check_problems(error, text)


STEPS = """\
title: A client says EHLO and gets an answer
clauses: [ehlo.sends-ehlo]
level: documented
server:
  - hello: []
  - {server}
client:
  - open: SMTP
  - {client}
"""


@pytest.mark.parametrize(
    ("server", "client", "message"),
    [
        ("flood: {send: !repeat {text: x, times: 99999999999999}}", "call: ehlo", "are more than"),
        ("flood: {send: x, times: 99999999999999}", "call: ehlo", "are more than"),
        ("flood: {send: !repeat {text: x, times: many}}", "call: ehlo", "expected a whole number, got 'many'"),
        ("flood: {send: !repeat {text: x, time: 2}}", "call: ehlo", "no key 'time'; did you mean 'times'?"),
        ("C: NOOP", "{call: docmd, args: [!repeat {text: x, times: 99999999999999}]}", "are more than"),
        ("C: NOOP", "{call: docmd, args: [!repeat {text: x, times: -3}]}", "expected a whole number"),
        ("C: NOOP", "{call: docmd, args: [!seconds '1e999']}", "!seconds takes a number"),
        ("C: NOOP", "{call: docmd, args: [!set [[a]]]}", "!set takes text"),
        ("C: NOOP", '{call: docmd, args: [!message "\\udcff"]}', "invalid Unicode character"),
        ("C: NOOP", "{call: docmd, args: [.inf]}", "not a value that scenarios use"),
        ("C: NOOP", "{call: docmd, args: [0x" + "f" * 5000 + "]}", "not a value that scenarios use"),
        ("C: NOOP", "{call: os.system, args: [id]}", "does not look like"),
        ("C: NOOP", "{call: module.os.system, args: [id]}", "does not look like"),
        ("C: NOOP", "{inspect: socket.os.environ, value: 1}", "does not look like"),
        ("C: NOOP", "{leave: {raising: os.remove}}", "does not look like"),
    ],
)
def test_a_scenario_cannot_ask_for_more_than_a_scenario_needs(server: str, client: str, message: str) -> None:
    """Found by mutation, or by thinking of it: each once raised something else than a mistake with its place."""
    with pytest.raises(ScenarioError) as caught:
        load_text(STEPS.replace("{server}", server).replace("{client}", client))
    assert message in str(caught.value)
    check_problems(caught.value, STEPS)
