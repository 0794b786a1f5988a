"""This module owns YAML as a tree of nodes that know their place. It is the only one that imports a parser of YAML.

It takes the parser's events, not its values: what a plain word stands for is as YAML 1.2 says (its core schema, chapter
10.3), and nothing is ever constructed from a tag, which is a name beside a value. It knows nothing of scenarios.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from conformance.errors import Problem, ScenarioError

Plain: TypeAlias = bool | int | float | str | None
_GLUED_TAG = re.compile(r"![a-z-]+[]},]")
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_CORE = "tag:yaml.org,2002:"
_PLAIN_KINDS = (
    ("null", re.compile("null|Null|NULL|~|")),
    ("bool", re.compile("true|True|TRUE|false|False|FALSE")),
    ("int", re.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")),
    ("float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")),
)
_PARSER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""The parser in C, where PyYAML came with it: a first run reads some hundred files."""
_GREATEST = 2**63
_DEEPEST = 40  # levels; no scenario needs ten, and a hostile file must not exhaust the stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a node stands: file as the user named it, line and column from 1."""

    path: str
    line: int
    column: int

    def problem(self, message: str) -> Problem:
        """Return a mistake at this place."""
        return Problem(self.path, self.line, self.column, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A leaf.

    Attributes:
        value: as YAML 1.2 resolves it (``no`` is text); text where there is a tag.
        tag: the name behind ``!``; empty without one.
    """

    place: Place
    value: Plain
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list of nodes."""

    place: Place
    items: tuple[Node, ...]
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping; keys are scalars without tag, in the order of the file, none twice."""

    place: Place
    entries: tuple[tuple[Scalar, Node], ...]
    tag: str = ""

    def get(self, key: str) -> Node | None:
        """Return the value of ``key``, None if there is no such key."""
        return next((value for name, value in self.entries if name.value == key), None)

    def __iter__(self) -> Iterator[str]:
        return (str(name.value) for name, _ in self.entries)


Node: TypeAlias = Scalar | Sequence | Mapping


def read_tree(text: str, path: str) -> Node:
    """Parse one YAML document.

    Raises:
        ScenarioError: the text is no YAML, is empty, uses an alias, or has a key twice; all places at once
            where the parser lets them be found.
    """
    builder = _Builder(text, path)
    try:
        node = builder.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = ": ".join(part for part in (error.context, error.problem) if part)
        if _GLUED_TAG.search(text):
            what += '; a tag ends at a blank: within brackets write !any ""'
        raise ScenarioError([Problem(path, line, column, f"not YAML: {what}")]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ScenarioError([Problem(path, 1, 1, f"not YAML: {str(error).splitlines()[0]}")]) from error
    if builder.problems:
        raise ScenarioError(builder.problems)
    return node


class _Builder:
    """Makes nodes of the parser's events, and collects what we do not allow."""

    def __init__(self, text: str, path: str) -> None:
        self.problems: list[Problem] = []
        self._path = path
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_PARSER))
        self._deep = 0

    def document(self) -> Node:
        """Return the one document of the text."""
        next(self._events)  # the stream begins
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise ScenarioError([Problem(self._path, 1, 1, "the file is empty")])
        node = self._node(next(self._events))
        next(self._events)  # the document ends
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise yaml.MarkedYAMLError(None, None, "a second document begins", event.start_mark)
        return node

    def _node(self, event: Any) -> Node:  # the stubs know less of events than the parser
        place = Place(path=self._path, line=event.start_mark.line + 1, column=event.start_mark.column + 1)
        if event.anchor:
            # Not followed: a few lines of aliases can stand for more nodes than any memory holds.
            self.problems.append(place.problem("anchors and aliases are not used here: write the value out"))
        if isinstance(event, yaml.AliasEvent):
            return Scalar(place=place, value=None)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, place)
        return self._collection(event, place)

    def _scalar(self, event: Any, place: Place) -> Scalar:
        text = event.value
        if _HALF_A_PAIR.search(text):
            self.problems.append(place.problem(f"{text!r} is no text: half of a surrogate pair stands in it"))
        if event.tag is None:
            kind = _plain_kind(text) if event.implicit[0] else "str"
        elif event.tag.startswith(_CORE):
            kind = event.tag.removeprefix(_CORE)
        else:
            return Scalar(place=place, value=text, tag=event.tag.removeprefix("!"))
        try:
            return Scalar(place=place, value=_core_value(kind, text))
        except ValueError:
            self.problems.append(place.problem(f"{text!r} is not a value that scenarios use: quote it if it is text"))
            return Scalar(place=place, value=None)

    def _collection(self, event: Any, place: Place) -> Node:
        # Refused where it begins: to recurse further exhausts the stack.
        if self._deep >= _DEEPEST:
            raise yaml.MarkedYAMLError(None, None, f"nested more than {_DEEPEST} levels deep", event.start_mark)
        self._deep += 1
        is_sequence = isinstance(event, yaml.SequenceStartEvent)
        tag = event.tag or ""
        if tag.startswith(_CORE):
            name = tag.removeprefix(_CORE)
            if name != ("seq" if is_sequence else "map"):
                self.problems.append(place.problem(f"{name} is no tag of the language: write a plain value"))
            tag = ""
        tag = tag.removeprefix("!")
        node: Node
        if is_sequence:
            node = Sequence(place=place, items=tuple(map(self._node, self._until(yaml.SequenceEndEvent))), tag=tag)
        else:
            node = Mapping(place=place, entries=tuple(self._entries()), tag=tag)
        self._deep -= 1
        return node

    def _until(self, end: type[yaml.Event]) -> Iterator[Any]:
        while not isinstance(event := next(self._events), end):
            yield event

    def _entries(self) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[object, Scalar] = {}
        for event in self._until(yaml.MappingEndEvent):
            key, value = self._node(event), self._node(next(self._events))
            if not isinstance(key, Scalar) or key.tag:
                self.problems.append(key.place.problem("a key must be a plain word"))
                continue
            first = seen.setdefault((type(key.value), key.value), key)
            if first is not key:
                self.problems.append(
                    key.place.problem(f"key {key.value!r} stands twice; first on line {first.place.line}")
                )
            yield key, value


def _plain_kind(text: str) -> str:
    """Return the kind of value that a plain word stands for."""
    return next((kind for kind, pattern in _PLAIN_KINDS if pattern.fullmatch(text)), "str")


def _core_value(kind: str, text: str) -> Plain:
    match kind:
        case "str":
            return text
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return _bounded(int(text.replace("_", "#"), 0))  # 012 is refused: to some it is ten
        case "float":
            return _bounded(float(text.replace("_", "#")))
    raise ValueError(kind)


def _bounded(number: float) -> float:
    """Return a number that counts, compares and prints: no infinity, nothing beyond 64 bits.

    Raises:
        ValueError: it is none.
    """
    if not abs(number) < _GREATEST:  # which is so of "not a number", too
        raise ValueError(number)
    return number


def plain(node: Node) -> object:
    """Return the bare Python value of a node, without tags, as JSON Schema sees it."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.entries}


def find(node: Node, path: Iterable[str | int]) -> Node:
    """Return the node at a path of keys and indices, or the deepest one on the way that exists."""
    for step in path:
        inner: Node | None = None
        if isinstance(node, Mapping) and isinstance(step, str):
            inner = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            inner = node.items[step]
        if inner is None:
            return node
        node = inner
    return node


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` where a known word is close, else nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
