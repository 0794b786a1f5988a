"""This module owns the arguments of calls: from a node of a scenario to the JSON form of the driver protocol."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TypeAlias

from conformance.errors import ScenarioError
from conformance.scenario.matchers import octets_of, scalar_text
from conformance.scenario.parameters import Runtime, resolve
from conformance.scenario.tree import Mapping, Node, Scalar, Sequence, did_you_mean, plain

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"


def encode_argument(node: Node, runtime: Runtime) -> Json:
    """Return the argument in the form that ``docs/driver-protocol.md`` describes.

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
        return [encode_argument(item, runtime) for item in node.items]
    return {"$dict": [[encode_argument(key, runtime), encode_argument(value, runtime)] for key, value in node.entries]}


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _bytes(node: Node, runtime: Runtime) -> Json:
    return {"$bytes": _base64(octets_of(node, runtime))}


def _crlf(node: Node, runtime: Runtime) -> Json:
    return scalar_text(node, runtime).replace("\n", "\r\n")


def _message(node: Node, runtime: Runtime) -> Json:
    policy = "compat32" if node.tag == "legacy-message" else "default"
    octets = scalar_text(node, runtime).encode("utf-8", "surrogateescape")
    return {"$message": {"octets": _base64(octets), "policy": policy}}


def _context(node: Node, runtime: Runtime) -> Json:
    settings = _settings(node, {"trust", "verify", "check-hostname", "client-certificate"})
    verify = settings.get("verify", True)
    certified = bool(settings.get("client-certificate", False))
    return {
        "$context": {
            "ca_file": runtime.ca_file if settings.get("trust", True) else None,
            "verify": bool(verify),
            "check_hostname": bool(settings.get("check-hostname", verify)),
            "certificate_file": runtime.client_certificate_file if certified else None,
            "key_file": runtime.client_key_file if certified else None,
        }
    }


def _authobject(node: Node, runtime: Runtime) -> Json:
    _settings(node, {"initial", "answers"})
    assert isinstance(node, Mapping)  # noqa: S101 - _settings has seen to it
    initial, answers = node.get("initial"), node.get("answers")
    items = answers.items if isinstance(answers, Sequence) else ()
    return {
        "$authobject": {
            "initial": encode_argument(initial, runtime) if initial is not None else None,
            "answers": [encode_argument(item, runtime) for item in items],
        }
    }


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


def _attribute(node: Node, runtime: Runtime) -> Json:
    return {"$attribute": scalar_text(node, runtime)}


def _seconds(node: Node, runtime: Runtime) -> Json:
    try:
        return float(scalar_text(node, runtime)) * runtime.time_factor
    except ValueError as error:
        raise ScenarioError([node.place.problem("!seconds takes a number")]) from error


def _repeat(node: Node, runtime: Runtime) -> Json:
    settings = _settings(node, {"text", "times", "as"})
    return {
        "$repeat": {
            "text": str(resolve(str(settings.get("text", "")), runtime)),
            "times": int(str(settings.get("times", 1))),
            "as": str(settings.get("as", "str")),
        }
    }


def _items(node: Node, runtime: Runtime) -> list[Json]:
    if not isinstance(node, Sequence):
        raise ScenarioError([node.place.problem(f"!{node.tag} takes a list")])
    return [encode_argument(item, runtime) for item in node.items]


def _tuple(node: Node, runtime: Runtime) -> Json:
    return {"$tuple": _items(node, runtime)}


def _set(node: Node, runtime: Runtime) -> Json:
    return {"$set": _items(node, runtime)}


def _iterator(node: Node, runtime: Runtime) -> Json:
    return {"$iterator": _items(node, runtime)}


_TAGS: dict[str, Callable[[Node, Runtime], Json]] = {
    "attribute": _attribute,
    "authobject": _authobject,
    "bytes": _bytes,
    "context": _context,
    "crlf": _crlf,
    "iterator": _iterator,
    "legacy-message": _message,
    "message": _message,
    "repeat": _repeat,
    "seconds": _seconds,
    "set": _set,
    "tuple": _tuple,
}
