"""This module owns YAML as a tree of nodes that know their place. It is the only one that imports ruamel.yaml.

It knows nothing of scenarios. Nothing is ever constructed from a tag: a tag is a name beside a value.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from conformance.errors import Problem, ScenarioError

Plain: TypeAlias = bool | int | float | str | None
_GLUED_TAG = re.compile(r"![a-z-]+[]},]")
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_CORE = "tag:yaml.org,2002:"
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
    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.Composer = _ShallowComposer
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = ": ".join(part for part in (error.context, error.problem) if part)
        if _GLUED_TAG.search(text):
            what += '; a tag ends at a blank: within brackets write !any ""'
        raise ScenarioError([Problem(path, line, column, f"not YAML: {what}")]) from error
    except (YAMLError, ValueError) as error:
        raise ScenarioError([Problem(path, 1, 1, f"not YAML: {str(error).splitlines()[0]}")]) from error
    except RecursionError as error:
        raise ScenarioError([Problem(path, 1, 1, "not YAML for us: nested too deeply")]) from error
    if root is None:
        raise ScenarioError([Problem(path, 1, 1, "the file is empty")])
    builder = _Builder(path)
    node = builder.build(root)
    if builder.problems:
        raise ScenarioError(builder.problems)
    return node


class _ShallowComposer(Composer):
    """Refuses a node that lies too deep where it begins: the scanner takes a time that grows with the depth squared."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False  # aliases are refused in our own words
        self._deep = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose a node.

        Raises:
            ComposerError: it is nested too deeply.
        """
        self._deep += 1
        if self._deep > _DEEPEST + 1:
            mark = self.parser.peek_event().start_mark
            raise ComposerError(None, None, f"nested more than {_DEEPEST} levels deep", mark)
        node = super().compose_node(parent, index)
        self._deep -= 1
        return node


class _Builder:
    """Turns the parser's nodes into ours, and collects what we do not allow."""

    def __init__(self, path: str) -> None:
        self.problems: list[Problem] = []
        self._path = path
        self._seen: set[int] = set()

    def build(self, node: ScalarNode | SequenceNode | MappingNode) -> Node:
        place = Place(path=self._path, line=node.start_mark.line + 1, column=node.start_mark.column + 1)
        if id(node) in self._seen:
            # Not followed: a few lines of aliases can stand for more nodes than any memory holds.
            self.problems.append(place.problem("anchors and aliases are not used here: write the value out"))
            return Scalar(place=place, value=None)
        self._seen.add(id(node))
        tag = str(node.tag)
        if isinstance(node, ScalarNode):
            return self._scalar(node, place, tag)
        if tag.startswith(_CORE) and tag not in {f"{_CORE}seq", f"{_CORE}map"}:
            self.problems.append(
                place.problem(f"{tag.removeprefix(_CORE)} is no tag of the language: write a plain value")
            )
        own_tag = "" if tag.startswith(_CORE) else tag.removeprefix("!")
        if isinstance(node, SequenceNode):
            items = tuple(self.build(item) for item in node.value)
            return Sequence(place=place, items=items, tag=own_tag)
        return Mapping(place=place, entries=tuple(self._entries(node)), tag=own_tag)

    def _scalar(self, node: ScalarNode, place: Place, tag: str) -> Scalar:
        text = str(node.value)
        if _HALF_A_PAIR.search(text):
            self.problems.append(place.problem(f"{text!r} is no text: half of a surrogate pair stands in it"))
        if not tag.startswith(_CORE):
            return Scalar(place=place, value=text, tag=tag.removeprefix("!"))
        try:
            return Scalar(place=place, value=_core_value(tag.removeprefix(_CORE), text))
        except ValueError:
            self.problems.append(place.problem(f"{text!r} is not a value that scenarios use: quote it if it is text"))
            return Scalar(place=place, value=None)

    def _entries(self, node: MappingNode) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[object, Scalar] = {}
        for key_node, value_node in node.value:
            key = self.build(key_node)
            if not isinstance(key, Scalar) or key.tag:
                self.problems.append(key.place.problem("a key must be a plain word"))
                continue
            first = seen.setdefault((type(key.value), key.value), key)
            if first is not key:
                self.problems.append(
                    key.place.problem(f"key {key.value!r} stands twice; first on line {first.place.line}")
                )
            yield key, self.build(value_node)


def _core_value(kind: str, text: str) -> Plain:
    match kind:
        case "str" | "timestamp":  # a date is text here
            return text
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return _bounded(int(text.replace("_", "#"), 0))
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
