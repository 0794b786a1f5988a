"""This module owns the requests of the driver protocol as values, and their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from conformance.driver.values import Json, encode, encode_all

PROTOCOL = 1
"""The version of the driver protocol that is spoken here."""

MODULE = "module"
"""What ``on`` says where the module itself is meant, and no object."""

Route: TypeAlias = Literal["server", "refused", "unreachable", "silent"] | tuple[str, int]
"""Where an address of the host table leads: to the fake server, nowhere, or to an endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Load what is driven; the first request, once in a process."""

    drive: str | None

    def __str__(self) -> str:
        return f"start {self.drive}" if self.drive else "start"

    def to_json(self) -> Json:
        """Return the request without its number."""
        return {"op": "start", "protocol": PROTOCOL, "drive": self.drive}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """A table of host names, and the endpoint that ``server`` in it stands for."""

    names: Mapping[str, tuple[Route, ...]]
    server: tuple[str, int]

    def to_json(self) -> Json:
        """Return the table's JSON."""
        names = {
            name: [route if isinstance(route, str) else list(route) for route in routes]
            for name, routes in self.names.items()
        }
        return {"names": names, "server": list(self.server)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What holds in the candidate's process until ``close``. An attribute that is None is not given.

    Attributes:
        fqdn: the result of ``socket.getfqdn()``.
        default_timeout: of new sockets, in seconds.
        hosts: the host names that there are.
        without: modules and digests that are absent.
        audit: record audit events; those of these names raise ``RuntimeError``.
    """

    fqdn: str | None = None
    default_timeout: float | None = None
    hosts: Hosts | None = None
    without: tuple[str, ...] = ()
    audit: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return f"given {', '.join(self.capabilities())}"

    def capabilities(self) -> tuple[str, ...]:
        """Return the capabilities that a driver must list to be sent this."""
        wanted = {
            "fqdn": self.fqdn is not None,
            "default-timeout": self.default_timeout is not None,
            "hosts": self.hosts is not None,
            "without": bool(self.without),
            "audit": self.audit is not None,
        }
        return tuple(name for name, needed in wanted.items() if needed)

    def to_json(self) -> Json:
        """Return the request without its number."""
        request: dict[str, Json] = {"op": "given"}
        if self.fqdn is not None:
            request["fqdn"] = self.fqdn
        if self.default_timeout is not None:
            request["default_timeout"] = self.default_timeout
        if self.hosts is not None:
            request["hosts"] = self.hosts.to_json()
        if self.without:
            request["without"] = list(self.without)
        if self.audit is not None:
            request["audit"] = {"veto": list(self.audit)}
        return request


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Make an object of a class of the candidate's; ``watch`` names methods whose calls are recorded."""

    class_name: str
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)
    name: str = "client"
    watch: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"open {self.class_name} as {self.name}"

    def to_json(self) -> Json:
        """Return the request without its number."""
        request = {
            "op": "open",
            "class": self.class_name,
            "args": encode_all(self.args),
            "kwargs": {name: encode(value) for name, value in self.kwargs.items()},
            "as": self.name,
        }
        return request | ({"watch": list(self.watch)} if self.watch else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Call a method of an object, or a function of the module.

    ``__enter__`` and ``__exit__`` enter and leave a with block; ``__exit__`` with an ``ExceptionValue`` leaves it by
    that exception. ``__setattr__`` with a name and a value sets an attribute.
    """

    method: str
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)
    on: str = "client"

    def __str__(self) -> str:
        return f"call {self.on}.{self.method}"

    def to_json(self) -> Json:
        """Return the request without its number."""
        return {
            "op": "call",
            "on": self.on,
            "method": self.method,
            "args": encode_all(self.args),
            "kwargs": {name: encode(value) for name, value in self.kwargs.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Get:
    """Look at attributes, by name or dotted path; the observation returns a dictionary.

    ``view``: their ``value``, their ``signature`` (a list of parameters as text), or the ``bases`` of a class (all
    names by which it and its bases can be called). One that is not there is an ``Absent``.
    """

    names: tuple[str, ...]
    on: str = "client"
    view: Literal["value", "signature", "bases"] = "value"

    def __str__(self) -> str:
        return f"get {self.view} of {self.on}.{', '.join(self.names)}"

    def to_json(self) -> Json:
        """Return the request without its number."""
        return {"op": "get", "on": self.on, "names": list(self.names), "as": self.view}


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """End the scenario: release all objects without a word to the server, undo what was given."""

    def __str__(self) -> str:
        return "close"

    def to_json(self) -> Json:
        """Return the request without its number."""
        return {"op": "close"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """End the driver; the last request."""

    def __str__(self) -> str:
        return "stop"

    def to_json(self) -> Json:
        """Return the request without its number."""
        return {"op": "stop"}


Request: TypeAlias = Given | Open | Call | Get | Close
"""What is asked within a scenario."""

AnyRequest: TypeAlias = Start | Request | Stop
