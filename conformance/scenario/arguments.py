"""This module owns the arguments of calls: from a node of a scenario to a value that a driver can be sent."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from conformance.driver.values import Attribute, AuthObject, Context, Iteration, Message, Repeat
from conformance.errors import ScenarioError
from conformance.scenario.matchers import octets_of, scalar_text
from conformance.scenario.parameters import Runtime, resolve
from conformance.scenario.repeats import repeat_of
from conformance.scenario.tree import Mapping, Node, Scalar, Sequence, did_you_mean, plain


def argument_value(node: Node, runtime: Runtime) -> object:
    """Return the value that the candidate is to get.

    Raises:
        ScenarioError: an unknown tag, or a value that the tag does not take.
    """
    if node.tag:
        maker = _TAGS.get(node.tag)
        if maker is None:
            hint = did_you_mean(node.tag, _TAGS)
            raise ScenarioError([node.place.problem(f"an argument has no tag !{node.tag}{hint}")])
        return maker(node, runtime)
    if isinstance(node, Scalar):
        return resolve(node.value, runtime) if isinstance(node.value, str) else node.value
    if isinstance(node, Sequence):
        return [argument_value(item, runtime) for item in node.items]
    return {argument_value(key, runtime): argument_value(value, runtime) for key, value in node.entries}


def _bytes(node: Node, runtime: Runtime) -> object:
    return octets_of(node, runtime)


def _crlf(node: Node, runtime: Runtime) -> object:
    return scalar_text(node, runtime).replace("\n", "\r\n")


_POLICIES: dict[str, Literal["default", "compat32", "HTTP"]] = {
    "message": "default",
    "legacy-message": "compat32",
    "unfolded-message": "HTTP",  # lines of any length
}


def _message(node: Node, runtime: Runtime) -> object:
    octets = scalar_text(node, runtime).encode()
    kind = node.tag.removeprefix("composed-")
    return Message(octets=octets, policy=_POLICIES[kind], composed=kind != node.tag)


def _context(node: Node, runtime: Runtime) -> object:
    settings = _settings(node, {"trust", "verify", "check-hostname", "client-certificate"})
    verify = settings.get("verify", True)
    certified = bool(settings.get("client-certificate", False))
    return Context(
        ca_file=runtime.ca_file if settings.get("trust", True) else None,
        verify=bool(verify),
        check_hostname=bool(settings.get("check-hostname", verify)),
        certificate_file=runtime.client_certificate_file if certified else None,
        key_file=runtime.client_key_file if certified else None,
    )


def _authobject(node: Node, runtime: Runtime) -> object:
    _settings(node, {"initial", "answers"})
    assert isinstance(node, Mapping)  # noqa: S101 - _settings has seen to it
    initial, answers = node.get("initial"), node.get("answers")
    items = answers.items if isinstance(answers, Sequence) else ()
    return AuthObject(
        initial=argument_value(initial, runtime) if initial is not None else None,
        answers=tuple(argument_value(item, runtime) for item in items),
    )


def _settings(node: Node, known: set[str]) -> dict[str, object]:
    settings = plain(node)
    if not isinstance(settings, dict):
        raise ScenarioError([node.place.problem(f"!{node.tag} takes a mapping")])
    problems = [
        node.place.problem(f"!{node.tag} has no key {key!r}{did_you_mean(str(key), known)}")
        for key in settings
        if key not in known
    ]
    if problems:
        raise ScenarioError(problems)
    return settings


def _attribute(node: Node, runtime: Runtime) -> object:
    return Attribute(scalar_text(node, runtime))


def _seconds(node: Node, runtime: Runtime) -> object:
    try:
        seconds = float(scalar_text(node, runtime))
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise ScenarioError([node.place.problem("!seconds takes a number")])
    return seconds * runtime.time_factor


def _repeat(node: Node, runtime: Runtime) -> object:
    text, times = repeat_of(node, runtime)
    return Repeat(
        value=text.encode() if _settings(node, {"text", "times", "as"}).get("as") == "bytes" else text, times=times
    )


def _items(node: Node, runtime: Runtime) -> list[object]:
    if not isinstance(node, Sequence):
        raise ScenarioError([node.place.problem(f"!{node.tag} takes a list")])
    return [argument_value(item, runtime) for item in node.items]


def _tuple(node: Node, runtime: Runtime) -> object:
    return tuple(_items(node, runtime))


def _set(node: Node, runtime: Runtime) -> object:
    try:
        return set(_items(node, runtime))
    except TypeError as error:
        raise ScenarioError([node.place.problem("!set takes text, bytes, numbers or tuples of them")]) from error


def _iterator(node: Node, runtime: Runtime) -> object:
    return Iteration(tuple(_items(node, runtime)))


_TAGS: dict[str, Callable[[Node, Runtime], object]] = {
    "attribute": _attribute,
    "authobject": _authobject,
    "bytes": _bytes,
    "composed-legacy-message": _message,
    "composed-message": _message,
    "context": _context,
    "crlf": _crlf,
    "iterator": _iterator,
    "legacy-message": _message,
    "message": _message,
    "repeat": _repeat,
    "seconds": _seconds,
    "set": _set,
    "tuple": _tuple,
    "unfolded-message": _message,
}
