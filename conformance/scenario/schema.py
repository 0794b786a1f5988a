"""This module owns validation against ``scenarios/schema.json``. It is the only one that imports jsonschema."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.errors import Problem
from conformance.scenario.tree import Mapping, Node, did_you_mean, find, plain

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_KINDS = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


@functools.cache
def _validator(path: Path) -> Draft202012Validator:
    # Imported late: it takes longer to load than the whole remembered corpus, which is valid already.
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def schema_problems(node: Node, schema: Path) -> Iterator[Problem]:
    """Yield what a tree breaks of a JSON Schema, each at its place and in words of ours."""
    for error in _validator(schema).iter_errors(plain(node)):
        at = find(node, [step for step in error.absolute_path if isinstance(step, str | int)])
        yield from _explained(error, at)


def _explained(error: ValidationError, at: Node) -> Iterator[Problem]:
    """Yield the problems of one error of the validator: a keyword may hide several."""
    where = f"{error.absolute_path[-1]}: " if error.absolute_path else ""
    if error.validator == "additionalProperties" and isinstance(at, Mapping):
        yield from _unknown_keys(error, at)
        return
    explain = _EXPLANATIONS.get(str(error.validator))
    yield at.place.problem(f"{where}{explain(error) if explain else error.message}")


def _unknown_keys(error: ValidationError, at: Mapping) -> Iterator[Problem]:
    schema: Any = error.schema
    known = list(schema.get("properties", ()))
    for key, _ in at.entries:
        if key.value not in known:
            hint = did_you_mean(str(key.value), known) or f"; known: {', '.join(known)}"
            yield key.place.problem(f"unknown key {key.value!r}{hint}")


def _required(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    instance: Any = error.instance
    missing = [key for key in wanted if key not in instance]
    return f"missing key {' and '.join(map(repr, missing))}"


def _type(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    kinds = [wanted] if isinstance(wanted, str) else wanted
    expected = " or ".join(_KINDS[kind] for kind in kinds)
    quote = "; quote it" if "string" in kinds and isinstance(error.instance, int | float) else ""
    return f"expected {expected}, got {error.instance!r}{quote}"


def _enum(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    known = ", ".join("nothing" if value is None else str(value) for value in wanted)
    return f"{error.instance!r} is none of {known}{did_you_mean(str(error.instance), map(str, wanted))}"


def _too_many(error: ValidationError) -> str:
    instance: Any = error.instance
    keys = ", ".join(map(repr, instance))
    return f"expected one key, got {keys}: make each a step of its own"


def _too_few(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    return f"needs at least {wanted} entr{'y' if wanted == 1 else 'ies'}"


def _pattern(error: ValidationError) -> str:
    return f"{error.instance!r} does not look like {error.validator_value}"


_EXPLANATIONS: dict[str, Callable[[ValidationError], str]] = {
    "required": _required,
    "type": _type,
    "enum": _enum,
    "maxProperties": _too_many,
    "minProperties": _too_few,
    "minItems": _too_few,
    "pattern": _pattern,
}


def schema_messages(value: object, schema: Path) -> Iterator[str]:
    """Yield what a value that has no places breaks of a JSON Schema: where in it, and what."""
    for error in _validator(schema).iter_errors(value):
        where = "/".join(map(str, error.absolute_path))
        yield f"{where}: {error.message}" if where else error.message
