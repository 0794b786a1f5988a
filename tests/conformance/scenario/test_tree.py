"""YAML as scenarios use it: 1.2, no surprises, every mistake at its place."""

from __future__ import annotations

import pytest
import yaml

from conformance.errors import ScenarioError
from conformance.scenario import tree as tree_module
from conformance.scenario.tree import Mapping, plain, read_tree

PARSERS = {"C": getattr(yaml, "CBaseLoader", yaml.BaseLoader), "Python": yaml.BaseLoader}


@pytest.fixture(autouse=True, params=PARSERS)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with either parser: where there is none in C, the other must find the same."""
    monkeypatch.setattr(tree_module, "_PARSER", PARSERS[request.param])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no", {"a": "no"}),
        ("a: on", {"a": "on"}),
        ("a: 25:30", {"a": "25:30"}),
        ("a: 0x10", {"a": 16}),
        ("a: 1.5", {"a": 1.5}),
        ("a: ~", {"a": None}),
        ("a: 2020-01-01", {"a": "2020-01-01"}),
        ("a: 0o17", {"a": 15}),
        ("a: 1_000", {"a": "1_000"}),
        ("a: -3", {"a": -3}),
        ("a: 1e3", {"a": 1000.0}),
        ("a: '1'", {"a": "1"}),
        ("a: !!str 1", {"a": "1"}),
        ("a: ! 1", {"a": "1"}),
        ("<<: b", {"<<": "b"}),
        ("a:\nb:", {"a": None, "b": None}),
        ("a: true", {"a": True}),
        ("a: [1, {b: c}]", {"a": [1, {"b": "c"}]}),
    ],
)
def test_values_are_those_of_yaml_1_2(text: str, value: object) -> None:
    assert plain(read_tree(text, "x.yaml")) == value


def test_nodes_know_line_and_column() -> None:
    tree = read_tree("a:\n  b: !bytes c\n", "x.yaml")
    assert isinstance(tree, Mapping)
    inner = tree.get("a")
    assert isinstance(inner, Mapping)
    value = inner.get("b")
    assert value is not None
    assert (value.place.line, value.place.column, value.tag) == (2, 6, "bytes")


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "key 'a' stands twice; first on line 1"),
        ("a: [1\nb: 2\n", 2, 2, "not YAML"),
        ("a: &x 1\n", 1, 4, "anchors and aliases are not used here"),
        ("a: *x\n", 1, 4, "anchors and aliases are not used here"),
        ("a: 012", 1, 4, "'012' is not a value that scenarios use"),
        ("a: .inf", 1, 4, "'.inf' is not a value that scenarios use"),
        ("a: !!seq {}", 1, 4, "seq is no tag of the language"),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "not YAML"),
        ("a: 'b\n", 2, 1, "not YAML"),
        ("a: !bytes ]\n", 1, 11, "not YAML"),
        ("", 1, 1, "the file is empty"),
        ("? [a]\n: b\n", 1, 3, "a key must be a plain word"),
        ("a: \x01", 1, 1, "not YAML"),
        ("a: !!python/object/apply:os.system [x]", 1, 4, "no tag of the language: write a plain value"),
        ("a: !!binary aGk=", 1, 4, "not a value that scenarios use"),
        ("a: 1\n---\nb: 2\n", 2, 1, "not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_tree(text, "x.yaml")
    problem = caught.value.problems[0]
    assert message in problem.message
    assert (problem.path, problem.line, problem.column) == ("x.yaml", line, column)


def test_all_doubled_keys_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        read_tree("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n", "x.yaml")
    assert [problem.line for problem in caught.value.problems] == [2, 5]


@pytest.mark.parametrize("text", ["[" * 5000, "a: " + "{b: " * 60 + "1" + "}" * 60, "- " * 3000 + "x"])
def test_a_file_nested_without_reason_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        read_tree(text, "x.yaml")
