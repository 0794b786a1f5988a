"""This module owns the JSON forms of values that travel between the runner and a driver.

``encode`` is for what a scenario passes to a candidate, ``decode`` for what a driver saw. The forms are described
in docs/driver-protocol.md; the driver has its own code for them, since it shares none with us.

A value whose type descends from a builtin is decoded to an instance of a class of that name that descends from the
same builtin: it compares like the builtin, and ``type(value)`` still tells that it is none.
"""

from __future__ import annotations

import base64
import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Json: TypeAlias = Any
"""What the json module reads and writes."""

_EXACT = 2**53  # JSON numbers are doubles in most languages


class FormError(ValueError):
    """A JSON value is no form of a value; the sender broke the driver protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An email message, parsed by the driver from these octets.

    Attributes:
        octets: all of it.
        policy: one of ``email.policy``.
        composed: whether its fields are set one by one on a new message, as programs do.
    """

    octets: bytes
    policy: Literal["default", "compat32", "SMTP", "SMTPUTF8", "HTTP", "strict"] = "default"
    composed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """An ``ssl.SSLContext`` for a client.

    Attributes:
        ca_file: the certificates that it trusts; None: none.
        verify: whether the server's certificate is verified at all.
        check_hostname: whether it must be for the host; only where it is verified.
        certificate_file: the client's certificate; None: it has none.
        key_file: the key of that certificate, where it stands in another file.
    """

    ca_file: str | None = None
    verify: bool = True
    check_hostname: bool = True
    certificate_file: str | None = None
    key_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthObject:
    """A callable for ``auth()``: called without a challenge it returns ``initial``, then one answer after another."""

    initial: object = None
    answers: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the object whose method is called."""

    name: str


@dataclass(frozen=True, slots=True)
class Named:
    """An object of the scenario, by the name that it was opened under."""

    name: str


@dataclass(frozen=True, slots=True)
class Iteration:
    """An iterator, to be used up once."""

    items: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A text or byte string repeated, so that huge messages do not travel."""

    value: str | bytes
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionValue:
    """An exception, made from a class that the candidate, the builtins or a module of Python's has."""

    class_name: str
    args: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherObject:
    """A value of a type that has no form: what can be told of it."""

    type: str
    bases: tuple[str, ...]
    repr: str

    def __repr__(self) -> str:
        return self.repr


@dataclass(frozen=True, slots=True)
class Absent:
    """An attribute that was asked for and is not there."""

    reason: str

    def __repr__(self) -> str:
        return f"<absent: {self.reason}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A value too large to travel.

    Attributes:
        type: the builtin type that it has or descends from.
        length: its length; of an int in bits.
        start: where it begins; None for a container.
    """

    type: str
    length: int
    start: object

    def __repr__(self) -> str:
        return f"<{self.type} of length {self.length}, beginning with {self.start!r}>"


@functools.lru_cache(maxsize=256)
def _descendant(base: type, name: str) -> type:
    """Return a class of this name that descends from a builtin and is shown as ``Name(value)``."""

    def __repr__(self: object) -> str:  # noqa: N807 - it becomes the class's own
        return f"{name}({base.__repr__(self)})"  # type: ignore[call-arg]

    return type(name, (base,), {"__repr__": __repr__})


# -- encode ------------------------------------------------------------------------------------------------


def encode(value: object) -> Json:
    """Return the JSON form of a value that a scenario passes to a candidate.

    Raises:
        TypeError: a value of this type has no form; a mistake of ours.
    """
    if value is None or isinstance(value, bool | str):
        return value
    encoder = _ENCODERS.get(type(value))
    if encoder is None:
        raise TypeError(f"no JSON form for a value of type {type(value).__name__}: {value!r}")
    return encoder(value)


def encode_all(values: object) -> list[Json]:
    """Return the JSON forms of several values."""
    return [encode(value) for value in values]  # type: ignore[attr-defined]


def base64_of(octets: bytes) -> str:
    """Return octets as base64 text."""
    return base64.b64encode(octets).decode("ascii")


def _encode_message(value: Message) -> Json:
    form = {"octets": base64_of(value.octets), "policy": value.policy}
    return {"$message": {**form, "composed": True} if value.composed else form}


def _encode_context(value: Context) -> Json:
    return {
        "$context": {
            "ca_file": value.ca_file,
            "verify": value.verify,
            "check_hostname": value.check_hostname,
            "certificate_file": value.certificate_file,
            "key_file": value.key_file,
        }
    }


_ENCODERS: dict[type, Callable[[Any], Json]] = {
    int: lambda value: value if abs(value) < _EXACT else {"$int": str(value)},
    float: lambda value: value if math.isfinite(value) else {"$float": repr(value)},
    bytes: lambda value: {"$bytes": base64_of(value)},
    tuple: lambda value: {"$tuple": encode_all(value)},
    list: encode_all,
    set: lambda value: {"$set": encode_all(value)},
    frozenset: lambda value: {"$set": encode_all(value)},
    dict: lambda value: {"$dict": [encode_all(pair) for pair in value.items()]},
    Message: _encode_message,
    Context: _encode_context,
    AuthObject: lambda value: {"$authobject": {"initial": encode(value.initial), "answers": encode_all(value.answers)}},
    Attribute: lambda value: {"$attribute": value.name},
    Named: lambda value: {"$self": value.name},
    Iteration: lambda value: {"$iterator": encode_all(value.items)},
    Repeat: lambda value: {"$repeat": {"value": encode(value.value), "times": value.times}},
    ExceptionValue: lambda value: {"$exception": {"class": value.class_name, "args": encode_all(value.args)}},
}


# -- decode ------------------------------------------------------------------------------------------------


def decode(form: Json) -> object:
    """Return the value that a driver saw.

    Raises:
        FormError: this is no form of a value.
    """
    if isinstance(form, list):
        return [decode(item) for item in form]
    if not isinstance(form, dict):
        return form
    key = next(iter(form), "")
    decoder = _DECODERS.get(key)
    if decoder is None:
        raise FormError(f"{key or 'an empty object'} is no form of a value")
    try:
        value = decoder(form[key])
    except FormError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise FormError(f"{key} does not hold what it must: {error!r}") from error
    if "type" in form:
        return _descendant(_BASES.get(key, type(value)), str(form["type"]))(value)
    return value


def _decode_object(form: Mapping[str, Any]) -> OtherObject:
    return OtherObject(type=str(form["type"]), bases=tuple(map(str, form["bases"])), repr=str(form["repr"]))


def _decode_cut(form: Mapping[str, Any]) -> Cut:
    return Cut(type=str(form["type"]), length=int(form["length"]), start=decode(form["start"]))


def _decode_items(form: Json) -> list[object]:
    if not isinstance(form, list):
        raise FormError(f"an array was expected, not {form!r}")
    return [decode(item) for item in form]


_BASES: dict[str, type] = {"$set": frozenset}

_DECODERS: dict[str, Callable[[Any], object]] = {
    "$str": str,
    "$int": int,
    "$float": float,
    "$bytes": lambda form: base64.b64decode(form, validate=True),
    "$list": _decode_items,
    "$tuple": lambda form: tuple(_decode_items(form)),
    "$set": lambda form: frozenset(_decode_items(form)),
    "$dict": lambda form: {decode(key): decode(value) for key, value in form},
    "$self": lambda form: Named(str(form)),
    "$absent": lambda form: Absent(str(form)),
    "$object": _decode_object,
    "$cut": _decode_cut,
}
