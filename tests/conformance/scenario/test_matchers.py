"""Expectations: each tag accepts what it says and nothing else, and every mismatch below one is reported."""

from __future__ import annotations

import pytest

from conformance.driver.values import OtherObject
from conformance.errors import ScenarioError
from conformance.scenario.matchers import build_matcher, shown
from conformance.scenario.parameters import Runtime
from conformance.scenario.tree import Mapping, Node, read_tree


def node_of(yaml: str) -> Node:
    tree = read_tree(f"value: {yaml}\n", "x.yaml")
    assert isinstance(tree, Mapping)
    value = tree.get("value")
    assert value is not None
    return value


def mismatches(yaml: str, observed: object) -> list[str]:
    matcher = build_matcher(node_of(yaml), Runtime(port=2525))
    return [f"{found.where}: {found.expected} / {found.got}" for found in matcher.mismatches(observed)]


@pytest.mark.parametrize(
    ("yaml", "observed"),
    [
        ("250", 250),
        ("text", "text"),
        ("null", None),
        ("true", True),
        ('!bytes "caf\\xe9"', b"caf\xe9"),
        ("[250, !bytes ok]", (250, b"ok")),
        ("!list [1, 2]", [1, 2]),
        ("{}", {}),
        ("{bob@example.com: [550, !bytes no]}", {"bob@example.com": (550, b"no")}),
        ("!any", object()),
        ("!type bytes", b""),
        ("!type SMTP", OtherObject(type="m.SMTP", bases=("SMTP", "builtins.object"), repr="<SMTP>")),
        ("!re ^2", b"250 ok"),
        ("!one-of [1, 2]", 2),
        ('!words "a b"', b" a  b\n"),
        ("!contains [a, b]", "xbxa"),
        ("!contains [250]", (250, b"")),
        ("!lacks [secret]", "no such word"),
        ("!truthy", 1),
        ("!falsy", 0),
        ("!has {a: 1}", {"a": 1, "b": 2}),
        ("!set [a, b]", "b a b"),
        ("!begins [a, b]", ("a", "b", "c")),
        ("!in-order [a, c]", ("a", "b", "c")),
        ("$port", 2525),
        ("at $address", "at 127.0.0.1:2525"),
        ("$$5", "$5"),
    ],
)
def test_an_expectation_accepts_what_it_says(yaml: str, observed: object) -> None:
    assert mismatches(yaml, observed) == []


@pytest.mark.parametrize(
    ("yaml", "observed"),
    [
        ("250", "250"),
        ("1", True),
        ("true", 1),
        ("text", b"text"),
        ("[250, !bytes ok]", [250, b"ok"]),
        ("[250]", (250, b"ok")),
        ("!list [1]", (1,)),
        ("!type str", b""),
        ("!re ^2", 250),
        ("!one-of [1, 2]", 3),
        ("!words a", "a b"),
        ("!contains [a]", None),
        ("!lacks [a]", "a"),
        ("!has {a: 1}", {"b": 2}),
        ("!set [a]", "a b"),
        ("!begins [a, b]", ("a",)),
        ("!begins [a, b]", ("b", "a")),
        ("!in-order [c, a]", ("a", "b", "c")),
        ("!in-order [a]", None),
    ],
)
def test_an_expectation_refuses_everything_else(yaml: str, observed: object) -> None:
    assert mismatches(yaml, observed)


def test_a_named_tuple_passes_for_a_tuple() -> None:
    class Reply(tuple[int, bytes]):
        __slots__ = ()

    assert mismatches("[250, !bytes ok]", Reply((250, b"ok"))) == []


def test_every_mismatch_below_one_expectation_is_reported() -> None:
    found = mismatches("{a: [1, 2], b: 3}", {"a": (1, 9), "c": 4})
    assert found == ["['a'][1]: 2 / 9", "['b']: 3 / no such entry", "['c']: no such entry / 4"]


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("!byts x", "an expectation has no tag !byts; did you mean 'bytes'?"),
        ('!bytes "€"', "!bytes takes characters up to \\xff"),
        ("!re '('", "no regular expression"),
        ("!one-of x", "!one-of takes a list"),
        ("!has [a]", "!has takes a mapping"),
        ("!bytes [a]", "!bytes takes text"),
    ],
)
def test_a_wrong_expectation_is_a_located_error(yaml: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        build_matcher(node_of(yaml), Runtime())
    (problem,) = caught.value.problems
    assert message in problem.message
    assert (problem.path, problem.line) == ("x.yaml", 1)


def test_a_long_value_is_shown_with_its_beginning_its_end_and_its_length() -> None:
    text = shown("a" * 10_000 + "z")
    assert len(text) < 500
    assert text.startswith("'aaa")
    assert "z'" in text
    assert "10003 characters" in text
