"""This module owns ``$name`` in scenarios: what a name stands for, and where it is put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from conformance.errors import Problem
from conformance.scenario.tree import Mapping as MappingNode
from conformance.scenario.tree import Node, Plain, Scalar, Sequence, did_you_mean

_NAME = re.compile(r"\$(?:\$|(?P<name>[a-zA-Z_][a-zA-Z0-9_-]*))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What only a run knows, by the names that scenarios use.

    Attributes:
        host: the fake server's address.
        port: its TCP port; 0 without one.
        path: the path of its Unix socket; empty without one.
        source_address: an address of 127.0.0.0/8 that nobody else uses, so that any of its ports is free.
        source_port: a port that nobody else uses on any address.
        ca_file: PEM file of the authority that signed its certificate.
        client_certificate_file: PEM file of a certificate for the client.
        client_key_file: PEM file of its key.
        time_factor: what every time in the scenario is multiplied by.
    """

    host: str = "127.0.0.1"
    port: int = 0
    path: str = ""
    source_address: str = "127.0.0.1"
    source_port: int = 0
    ca_file: str = ""
    client_certificate_file: str = ""
    client_key_file: str = ""
    time_factor: float = 1.0

    @property
    def address(self) -> str:
        """``host:port`` in one text."""
        return f"{self.host}:{self.port}"

    def lookup(self, name: str) -> Plain:
        """Return the value of a run-time parameter."""
        value = getattr(self, name)
        assert isinstance(value, str | int)  # noqa: S101 - the names are RUNTIME_NAMES
        return value


RUNTIME_NAMES = frozenset({field.name for field in fields(Runtime)} - {"time_factor"} | {"address"})


def names_in(node: Node) -> Iterator[tuple[str, Scalar]]:
    """Yield every parameter name that is used below ``node``, with the scalar in which it stands."""
    if isinstance(node, Scalar):
        if isinstance(node.value, str):
            for match in _NAME.finditer(node.value):
                if match["name"]:
                    yield match["name"], node
        return
    children = node.items if isinstance(node, Sequence) else [child for entry in node.entries for child in entry]
    for child in children:
        yield from names_in(child)


def substitute(node: Node, row: Mapping[str, Node]) -> Node:
    """Put the parameters of a row of ``cases`` in; run-time names and ``$$`` stay for ``resolve``."""
    if isinstance(node, Sequence):
        return Sequence(place=node.place, tag=node.tag, items=tuple(substitute(item, row) for item in node.items))
    if isinstance(node, MappingNode):
        entries = ((_substitute_scalar(key, row), substitute(value, row)) for key, value in node.entries)
        kept = tuple((key, value) for key, value in entries if isinstance(key, Scalar))
        return MappingNode(place=node.place, tag=node.tag, entries=kept)
    return _substitute_scalar(node, row)


def _substitute_scalar(node: Scalar, row: Mapping[str, Node]) -> Node:
    if not isinstance(node.value, str) or "$" not in node.value:
        return node
    whole = _NAME.fullmatch(node.value)
    if whole and whole["name"] in row and not node.tag:
        return _moved(row[whole["name"]], node)

    def replacement(match: re.Match[str]) -> str:
        value = row.get(match["name"] or "")
        return _as_text(value) if isinstance(value, Scalar) else match[0]

    return Scalar(place=node.place, tag=node.tag, value=_NAME.sub(replacement, node.value))


def _as_text(node: Scalar) -> str:
    if node.value is None:
        return ""
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


def _moved(node: Node, to: Scalar) -> Node:
    """Return the node as if it stood where the parameter is used, which is where its mistakes show."""
    if isinstance(node, Scalar):
        return Scalar(place=to.place, tag=node.tag, value=node.value)
    if isinstance(node, Sequence):
        return Sequence(place=to.place, tag=node.tag, items=node.items)
    return MappingNode(place=to.place, tag=node.tag, entries=node.entries)


def resolve(text: str, runtime: Runtime | None) -> Plain:
    """Return the text with run-time names put in and ``$$`` undone; a bare name becomes the value itself."""
    if "$" not in text:
        return text
    whole = _NAME.fullmatch(text)
    if whole and whole["name"] and runtime:
        return runtime.lookup(whole["name"])

    def replacement(match: re.Match[str]) -> str:
        if not match["name"]:
            return "$"
        return str(runtime.lookup(match["name"])) if runtime else match[0]

    return _NAME.sub(replacement, text)


def unknown_names(node: Node, known: frozenset[str]) -> Iterator[Problem]:
    """Yield a problem for each parameter that nothing defines."""
    for name, scalar in names_in(node):
        if name not in known:
            hint = did_you_mean(name, known) or "; write $$ for a dollar sign"
            yield scalar.place.problem(f"nothing defines ${name}{hint}")
