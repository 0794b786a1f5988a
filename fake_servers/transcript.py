"""This module owns the record of what went over the wire: every octet both ways, with times.

A transcript says what was really sent and received, never what was meant to be. It does not judge.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Kind(enum.StrEnum):
    """What an event of a transcript is."""

    SERVER = "S"
    """Octets that the server sent."""
    CLIENT = "C"
    """Octets that the server received."""
    NOTE = "-"
    """Something that happened to the connection: opened, TLS negotiated, closed, reset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened on one connection.

    Attributes:
        connection: 0 for the client's first connection, and so on.
        at: seconds since the server began to listen.
        kind: what it is.
        octets: what was sent or received, in clear also under TLS; empty for a note.
        note: words for a note; empty otherwise.
        encrypted: whether it went through TLS.
        omitted: how many octets behind these are not kept.
    """

    connection: int
    at: float
    kind: Kind
    octets: bytes = b""
    note: str = ""
    encrypted: bool = False
    omitted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """The client did not do what the script expects at one step.

    Attributes:
        connection: 0 for the first connection.
        step: the label of the step that was due; empty behind the last step.
        line: the line of the scenario file in which that step stands; 0 if unknown.
        expected: what was due, in words or as a command line.
        received: what came, in words or as a command line.
        event: index into ``Transcript.events`` of the offending event; -1 where nothing came.
    """

    connection: int
    step: str
    line: int
    expected: str
    received: str
    event: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule of the wire that holds whatever the script is about was broken.

    Attributes:
        rule: the name of the rule, a constant of ``fake_servers.wire_rules``.
        message: what was expected and what came.
        event: index into ``Transcript.events``.
    """

    rule: str
    message: str
    event: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFacts:
    """What is known of the client at the other end of a connection.

    Attributes:
        source_address: its IP address; empty for a Unix socket.
        source_port: its port; 0 for a Unix socket.
        tls: the protocol version (``TLSv1.3``); empty without TLS.
        server_name: the name it asked for (SNI); empty if it sent none.
        client_certificate: the subject's common name; empty if it showed none.
    """

    source_address: str = ""
    source_port: int = 0
    tls: str = ""
    server_name: str = ""
    client_certificate: str = ""


class End(enum.StrEnum):
    """How a connection stood when it was last looked at."""

    OPEN = "open"
    CLIENT_CLOSED = "client closed"
    CLIENT_RESET = "client reset"
    SERVER_CLOSED = "server closed"
    CUT = "cut"
    """The fake server was stopped while the connection was open."""


@dataclass(slots=True, kw_only=True)
class ConnectionRecord:
    """What is known of one connection; grows while the connection lives."""

    peer: PeerFacts = field(default_factory=PeerFacts)
    steps_played: int = 0
    steps_total: int = 0
    next_step: str = ""
    """The label of the step that is due; empty when all are played."""
    next_line: int = 0
    end: End = End.OPEN


@dataclass(slots=True, kw_only=True)
class Transcript:
    """Everything that a fake server saw and did; grows while the server runs."""

    events: list[Event] = field(default_factory=list)
    deviations: list[Deviation] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    connections: list[ConnectionRecord] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """Errors inside the fake server itself: a harness error, never the client's."""
