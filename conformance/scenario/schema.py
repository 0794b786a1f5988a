"""This module owns validation against ``scenarios/schema.json``. It is the only one that imports jsonschema."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from conformance.errors import Problem
from conformance.scenario.tree import Mapping, Node, did_you_mean, find, plain

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
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def schema_problems(node: Node, schema: Path) -> Iterator[Problem]:
    """Yield what a tree breaks of a JSON Schema, each at its place and in words of ours."""
    for error in _validator(schema).iter_errors(plain(node)):
        at = find(node, [step for step in error.absolute_path if isinstance(step, str | int)])
        yield from _explained(error, at)


def _explained(error: ValidationError, at: Node) -> Iterator[Problem]:
    """Yield the problems of one error of the validator: a keyword may hide several."""
    wanted: Any = error.validator_value
    where = f"{error.absolute_path[-1]}: " if error.absolute_path else ""
    match error.validator:
        case "additionalProperties" if isinstance(at, Mapping):
            known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
            for key, _ in at.entries:
                if key.value not in known:
                    yield key.place.problem(f"unknown key {key.value!r}{_hint(str(key.value), known)}")
        case "required":
            missing = [key for key in wanted if key not in (error.instance or {})]
            yield at.place.problem(f"{where}missing key {' and '.join(map(repr, missing))}")
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            expected = " or ".join(_KINDS[kind] for kind in kinds)
            quote = "; quote it" if "string" in kinds and isinstance(error.instance, int | float) else ""
            yield at.place.problem(f"{where}expected {expected}, got {error.instance!r}{quote}")
        case "enum":
            hint = did_you_mean(str(error.instance), map(str, wanted))
            known_values = ", ".join("nothing" if value is None else str(value) for value in wanted)
            yield at.place.problem(f"{where}{error.instance!r} is none of {known_values}{hint}")
        case "maxProperties":
            keys = ", ".join(map(repr, error.instance))
            yield at.place.problem(f"{where}expected one key, got {keys}: make each a step of its own")
        case "pattern":
            yield at.place.problem(f"{where}{error.instance!r} does not look like {wanted}")
        case "minProperties" | "minItems":
            yield at.place.problem(f"{where}needs at least {wanted} entr{'y' if wanted == 1 else 'ies'}")
        case _:
            yield at.place.problem(f"{where}{error.message}")


def _hint(word: str, known: dict[str, object]) -> str:
    return did_you_mean(word, known) or f"; known: {', '.join(known)}"
