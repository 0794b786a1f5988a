"""This module owns what a scenario is, once it is read and checked: a value that a runner can play."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from conformance.scenario.tree import Node, Place, plain
from fake_servers.steps import Script


class Level(enum.StrEnum):
    """Who settles the matter that a scenario judges; the earlier outranks the later."""

    DOCUMENTED = "documented"
    PROTOCOL = "protocol"
    DE_FACTO = "de-facto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One observable statement, a row of ``scenarios/clauses.yaml``.

    Attributes:
        id: permanent, dotted.
        says: the duty in our words.
        level: who settles it.
        norm: line or lines of the norm; empty where only an RFC settles it.
        rfc: number and section; empty where the norm settles it.
        erratum: why the norm is not judged to the letter; empty without one.
        either: the readings that both pass, where the norm is ambiguous; empty otherwise.
        line: in the catalogue.
    """

    id: str
    says: str
    level: Level
    norm: str = ""
    rfc: str = ""
    erratum: str = ""
    either: str = ""
    line: int = 0


class Verb(enum.StrEnum):
    """What a client step does."""

    OPEN = "open"
    CALL = "call"
    SET = "set"
    GET = "get"
    ENTER = "enter"
    LEAVE = "leave"
    INSPECT = "inspect"
    EXPECT = "expect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One way in which a step may come out.

    Attributes:
        returns: what is returned; None: any value.
        raises: the names of the exception classes, any one of which will do; empty if the step must return.
        attributes: of the exception, by name.
        anything: the step only has to end.
    """

    returns: Node | None = None
    raises: tuple[str, ...] = ()
    attributes: tuple[tuple[str, Node], ...] = ()
    anything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientStep:
    """What the client is asked to do, and what must come out.

    Attributes:
        verb: what is done.
        subject: the class, method or path that it is done with; empty where the verb needs none.
        label: the step as its author wrote it, for messages.
        on: the name of the object.
        args: positional arguments; None: the endpoint, for ``open``.
        kwargs: keyword arguments, and for ``set`` the attributes.
        watch: methods of the object whose calls are recorded.
        outcomes: any one of them passes.
        attributes: of the object behind the step.
        checks: further expectations by key: ``prints``, ``challenges``, and those of ``expect``.
        implied: whether the loader put the step in.
    """

    verb: Verb
    place: Place
    label: str
    subject: str = ""
    on: str = "client"
    args: tuple[Node, ...] | None = None
    kwargs: tuple[tuple[str, Node], ...] = ()
    watch: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = (Outcome(),)
    attributes: tuple[tuple[str, Node], ...] = ()
    checks: tuple[tuple[str, Node], ...] = ()
    implied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario, of one row of ``cases`` and over one transport.

    Attributes:
        id: the permanent id, with row and transport in brackets where there are several.
        file_id: the id of the file.
        path: the file, as the user named it.
        title: the duty in one sentence.
        clauses: ids of the clauses that are judged.
        level: who settles the matter.
        tags: words to select by.
        over: the name of the transport.
        aliases: former ids of the file.
        given: what holds in the candidate's process, by key.
        script: what the fake server does; None where no server is met.
        client: what the client does.
        deadline: seconds for all of it, before the timeout factor.
    """

    id: str
    file_id: str
    path: str
    title: str
    clauses: tuple[str, ...]
    level: Level
    tags: frozenset[str]
    over: str
    aliases: tuple[str, ...]
    given: tuple[tuple[str, Node], ...]
    script: Script | None
    client: tuple[ClientStep, ...]
    deadline: float
    note: str = ""

    @property
    def family(self) -> str:
        """The folder of the file: the first part of the id."""
        return self.file_id.partition("/")[0]

    @property
    def idle_seconds(self) -> float:
        """About how long it waits for time to pass, so that others can be played meanwhile."""
        hosts = sum(_A_CONNECTION for name, table in self.given if name == "hosts" and "silent" in _addresses(table))
        return hosts + (self.script.idle_seconds if self.script else 0.0)


_A_CONNECTION = 1.0
"""Seconds for which a client mostly tries to reach a host that is silent."""


def _addresses(table: Node) -> set[object]:
    hosts = plain(table)
    lists = hosts.values() if isinstance(hosts, dict) else ()
    return {address for addresses in lists for address in (addresses if isinstance(addresses, list) else ())}
