"""This module owns the comparison of an observed value with what a scenario expects.

It knows values, not clients: an expectation is built from a node of the scenario, an observation is what the driver
decoded. Every mismatch below one expectation is reported, not only the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from conformance.errors import ScenarioError
from conformance.scenario.parameters import Runtime, resolve
from conformance.scenario.tree import Mapping, Node, Scalar, Sequence, did_you_mean
from fake_servers.expressions import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One place in which an observed value is not as expected.

    Attributes:
        where: the place within the value: ``""`` for all of it, ``[0]``, ``['bob@example.com'][1]``.
        expected: in words.
        got: in words.
    """

    where: str
    expected: str
    got: str


class Matcher(Protocol):
    """Compares an observed value with one expectation; ``str()`` says what is expected."""

    def mismatches(self, observed: object, where: str = "") -> Iterator[Mismatch]:
        """Yield what is not as expected; nothing where all is."""
        ...


@dataclass(frozen=True, slots=True)
class Equal:
    """The same type (or a subclass) and the same value."""

    value: object

    def __str__(self) -> str:
        return shown(self.value)

    def mismatches(self, observed: object, where: str = "") -> Iterator[Mismatch]:
        """Yield what is not as expected."""
        # bool descends from int, but True is no reply code
        same_type = isinstance(observed, type(self.value)) and isinstance(observed, bool) is isinstance(
            self.value, bool
        )
        if not same_type or observed != self.value:
            yield Mismatch(where=where, expected=str(self), got=shown(observed))


@dataclass(frozen=True, slots=True)
class Items:
    """A tuple, list or set of so many items, each as expected."""

    kind: type
    items: tuple[Matcher, ...]

    def __str__(self) -> str:
        inner = ", ".join(map(str, self.items))
        return f"({inner}{',' * (len(self.items) == 1)})" if self.kind is tuple else f"[{inner}]"

    def mismatches(self, observed: object, where: str = "") -> Iterator[Mismatch]:
        """Yield what is not as expected."""
        if not isinstance(observed, self.kind) or not isinstance(observed, tuple | list):
            yield Mismatch(where=where, expected=f"{self} ({self.kind.__name__})", got=shown(observed))
        elif len(observed) != len(self.items):
            count = f"{self} ({len(self.items)} items)"
            yield Mismatch(where=where, expected=count, got=f"{shown(observed)} ({len(observed)} items)")
        else:
            for index, (matcher, item) in enumerate(zip(self.items, observed, strict=True)):
                yield from matcher.mismatches(item, f"{where}[{index}]")


@dataclass(frozen=True, slots=True)
class Entries:
    """A dictionary with these entries; ``open_ended``: at least these."""

    entries: tuple[tuple[object, Matcher], ...]
    open_ended: bool = False

    def __str__(self) -> str:
        inner = ", ".join(f"{shown(key)}: {matcher}" for key, matcher in self.entries)
        return f"{{{inner}{', …' if self.open_ended else ''}}}"

    def mismatches(self, observed: object, where: str = "") -> Iterator[Mismatch]:
        """Yield what is not as expected."""
        if not isinstance(observed, dict):
            yield Mismatch(where=where, expected=f"{self} (dict)", got=shown(observed))
            return
        for key, matcher in self.entries:
            place = f"{where}[{shown(key)}]"
            if key in observed:
                yield from matcher.mismatches(observed[key], place)
            else:
                yield Mismatch(where=place, expected=str(matcher), got="no such entry")
        if not self.open_ended:
            known = {key for key, _ in self.entries}
            for key in observed:
                if key not in known:
                    got = shown(observed[key])
                    yield Mismatch(where=f"{where}[{shown(key)}]", expected="no such entry", got=got)


@dataclass(frozen=True, slots=True)
class Satisfies:
    """Whatever fulfils a condition that has a name."""

    description: str
    condition: Callable[[object], bool]

    def __str__(self) -> str:
        return self.description

    def mismatches(self, observed: object, where: str = "") -> Iterator[Mismatch]:
        """Yield what is not as expected."""
        if not self.condition(observed):
            yield Mismatch(where=where, expected=self.description, got=shown(observed))


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any one of several expectations."""

    choices: tuple[Matcher, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.choices))

    def mismatches(self, observed: object, where: str = "") -> Iterator[Mismatch]:
        """Yield what is not as expected."""
        if all(any(True for _ in choice.mismatches(observed, where)) for choice in self.choices):
            yield Mismatch(where=where, expected=str(self), got=shown(observed))


@dataclass(frozen=True, slots=True)
class Begins:
    """A tuple or list that begins so, and may go on."""

    items: tuple[Matcher, ...]

    def __str__(self) -> str:
        return f"something that begins with {', '.join(map(str, self.items))}"

    def mismatches(self, observed: object, where: str = "") -> Iterator[Mismatch]:
        """Yield what is not as expected."""
        if not isinstance(observed, tuple | list) or len(observed) < len(self.items):
            yield Mismatch(where=where, expected=str(self), got=shown(observed))
            return
        for index, (matcher, item) in enumerate(zip(self.items, observed, strict=False)):
            yield from matcher.mismatches(item, f"{where}[{index}]")


@dataclass(frozen=True, slots=True)
class InOrder:
    """A tuple or list that has these in this order, maybe with others between them."""

    items: tuple[Matcher, ...]

    def __str__(self) -> str:
        return f"something with, in this order, {', '.join(map(str, self.items))}"

    def mismatches(self, observed: object, where: str = "") -> Iterator[Mismatch]:
        """Yield what is not as expected."""
        rest = iter(observed if isinstance(observed, tuple | list) else ())
        if not all(any(not any(True for _ in matcher.mismatches(item)) for item in rest) for matcher in self.items):
            yield Mismatch(where=where, expected=str(self), got=shown(observed))


_LONGEST = 400  # characters of a value in a message; more hides what matters


def shown(value: object) -> str:
    """Return a value as a message shows it: Python's notation, bounded."""
    text = repr(value)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 4 :]} ({len(text)} characters)"
    return text


def build_matcher(node: Node, runtime: Runtime) -> Matcher:
    """Return the matcher that a node of a scenario describes.

    Raises:
        ScenarioError: an unknown tag, or a value that the tag does not take.
    """
    if node.tag:
        maker = _TAGS.get(node.tag)
        if maker is None:
            hint = did_you_mean(node.tag, _TAGS)
            raise ScenarioError([node.place.problem(f"an expectation has no tag !{node.tag}{hint}")])
        return maker(node, runtime)
    if isinstance(node, Scalar):
        return Equal(resolve(node.value, runtime) if isinstance(node.value, str) else node.value)
    if isinstance(node, Sequence):
        return Items(tuple, tuple(build_matcher(item, runtime) for item in node.items))
    return Entries(_entries(node, runtime))


def _entries(node: Mapping, runtime: Runtime) -> tuple[tuple[object, Matcher], ...]:
    def key_of(key: Scalar) -> object:
        return resolve(key.value, runtime) if isinstance(key.value, str) else key.value

    return tuple((key_of(key), build_matcher(value, runtime)) for key, value in node.entries)


def scalar_text(node: Node, runtime: Runtime) -> str:
    """Return the text of a tagged scalar, with its parameters put in.

    Raises:
        ScenarioError: it is no text.
    """
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return str(resolve(node.value, runtime))
    raise ScenarioError([node.place.problem(f"!{node.tag} takes text")])


def octets_of(node: Node, runtime: Runtime) -> bytes:
    """Return the octets of a ``!bytes`` scalar: one octet a character.

    Raises:
        ScenarioError: a character is none of the 256.
    """
    try:
        return scalar_text(node, runtime).encode("latin-1")
    except UnicodeEncodeError as error:
        wrong = error.object[error.start]
        raise ScenarioError(
            [node.place.problem(f"!bytes takes characters up to \\xff, not {wrong!r}: write its octets out")]
        ) from error


def _items(node: Node, runtime: Runtime) -> tuple[Matcher, ...]:
    if not isinstance(node, Sequence):
        raise ScenarioError([node.place.problem(f"!{node.tag} takes a list")])
    return tuple(build_matcher(item, runtime) for item in node.items)


def _any(_node: Node, _runtime: Runtime) -> Matcher:
    return Satisfies("anything", lambda _: True)


def _truthy(_node: Node, _runtime: Runtime) -> Matcher:
    return Satisfies("a true value", bool)


def _falsy(_node: Node, _runtime: Runtime) -> Matcher:
    return Satisfies("a false value", lambda value: not value)


def _bytes(node: Node, runtime: Runtime) -> Matcher:
    return Equal(octets_of(node, runtime))


def _crlf(node: Node, runtime: Runtime) -> Matcher:
    return Equal(scalar_text(node, runtime).replace("\n", "\r\n"))


def _list(node: Node, runtime: Runtime) -> Matcher:
    return Items(list, _items(node, runtime))


def _tuple(node: Node, runtime: Runtime) -> Matcher:
    return Items(tuple, _items(node, runtime))


def _one_of(node: Node, runtime: Runtime) -> Matcher:
    return OneOf(_items(node, runtime))


def _type(node: Node, runtime: Runtime) -> Matcher:
    name = scalar_text(node, runtime)

    def is_of_type(value: object) -> bool:
        names = getattr(value, "bases", None) or [base.__name__ for base in type(value).__mro__]
        return any(known in {name, f"builtins.{name}"} for known in names)

    return Satisfies(f"an object of type {name}", is_of_type)


def _text_of(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else None


def _re(node: Node, runtime: Runtime) -> Matcher:
    try:
        expression = Expression(scalar_text(node, runtime))
    except ValueError as error:
        raise ScenarioError([node.place.problem(str(error))]) from error

    def found(value: object) -> bool:
        text = _text_of(value)
        return text is not None and expression.is_in(text)

    return Satisfies(f"text in which /{expression.text}/ is found", found)


def _words(node: Node, runtime: Runtime) -> Matcher:
    words = scalar_text(node, runtime).split()
    expected = " ".join(words)
    return Satisfies(f"the words {expected!r}", lambda value: (_text_of(value) or "").split() == words)


def _parts(node: Node, runtime: Runtime) -> list[object]:
    nodes = node.items if isinstance(node, Sequence) else (Scalar(place=node.place, value=scalar_text(node, runtime)),)
    parts: list[object] = []
    for item in nodes:
        matcher = build_matcher(item, runtime)
        if not isinstance(matcher, Equal):
            raise ScenarioError([item.place.problem(f"!{node.tag} takes text, bytes or numbers")])
        parts.append(matcher.value)
    return parts


def _holds(value: object, part: object) -> bool:
    if isinstance(value, str | bytes):
        text, inner = _text_of(value), _text_of(part)
        return text is not None and inner is not None and inner in text
    return isinstance(value, tuple | list | dict | set | frozenset) and part in value


def _contains(node: Node, runtime: Runtime) -> Matcher:
    parts = _parts(node, runtime)
    inner = ", ".join(map(shown, parts))
    return Satisfies(f"something that contains {inner}", lambda value: all(_holds(value, part) for part in parts))


def _lacks(node: Node, runtime: Runtime) -> Matcher:
    parts = _parts(node, runtime)
    inner = ", ".join(map(shown, parts))
    return Satisfies(f"something without {inner}", lambda value: not any(_holds(value, part) for part in parts))


def _begins(node: Node, runtime: Runtime) -> Matcher:
    return Begins(_items(node, runtime))


def _in_order(node: Node, runtime: Runtime) -> Matcher:
    return InOrder(_items(node, runtime))


def _has(node: Node, runtime: Runtime) -> Matcher:
    if not isinstance(node, Mapping):
        raise ScenarioError([node.place.problem("!has takes a mapping")])
    return Entries(_entries(node, runtime), open_ended=True)


def _set(node: Node, runtime: Runtime) -> Matcher:
    members = _parts(node, runtime)
    inner = ", ".join(map(shown, members))

    def same_members(value: object) -> bool:
        if isinstance(value, str):
            value = value.split()
        return isinstance(value, tuple | list | dict | set | frozenset) and set(value) == set(members)

    return Satisfies(f"exactly {inner}, in any order and number", same_members)


_TAGS: dict[str, Callable[[Node, Runtime], Matcher]] = {
    "any": _any,
    "begins": _begins,
    "bytes": _bytes,
    "contains": _contains,
    "crlf": _crlf,
    "falsy": _falsy,
    "has": _has,
    "in-order": _in_order,
    "lacks": _lacks,
    "list": _list,
    "one-of": _one_of,
    "re": _re,
    "set": _set,
    "truthy": _truthy,
    "tuple": _tuple,
    "type": _type,
    "words": _words,
}
