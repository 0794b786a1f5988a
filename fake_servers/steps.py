"""This module owns the steps of a server script: what a fake server does, one frozen value a step.

It knows nothing of sockets, nor of the notation in which scripts are written down.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from fake_servers.matching import CommandPattern


class Transport(enum.StrEnum):
    """How a connection is made, before any step of a script is played."""

    TCP = "tcp"
    TLS = "tls"
    UNIX = "unix"


class Certificate(enum.StrEnum):
    """Which certificate the server shows when TLS is negotiated."""

    TRUSTED = "trusted"
    WRONG_HOST = "wrong-host"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"


class Ending(enum.StrEnum):
    """How the server ends a connection."""

    FIN = "fin"
    """Orderly: under TLS with close_notify, then FIN; what the client still sends is read and recorded."""
    RST = "rst"
    """TCP reset: the client sees ECONNRESET."""
    HALF = "half"
    """The server's output ends (FIN), its input is read on until the client closes."""
    NO_NOTIFY = "no-notify"
    """TLS only: FIN without close_notify, a truncation."""
    NOTIFY_ONLY = "notify-only"
    """TLS only: close_notify, after which the server goes on in clear on the same TCP connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptStep:
    """What all steps have in common.

    Attributes:
        label: the step as its author wrote it, for messages and transcripts.
        line: the line of the file it stands in, from 1; 0 for a step made by code.
    """

    label: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(ScriptStep):
    """Send one reply, all its lines in one segment.

    Attributes:
        octets: the reply as on the wire, every line with its CRLF.
        asked: whether it answers a command; False for a reply that is sent out of turn.
    """

    octets: bytes
    asked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Octets(ScriptStep):
    """Send these octets as they are, in one segment (raw octets, coalesced replies)."""

    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces(ScriptStep):
    """Send octets in pieces, each a segment of its own (a split reply)."""

    pieces: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood(ScriptStep):
    """Send the same octets again and again.

    Attributes:
        octets: what is sent.
        times: how often; None: until the client closes the connection (bounded by ``limits.FLOOD_OCTETS``).
    """

    octets: bytes
    times: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dribble(ScriptStep):
    """From here on send ``octets`` octets a segment (under TLS: a record); 0 ends it."""

    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(ScriptStep):
    """Wait ``seconds`` (times the timeout factor) before going on; ends at once if the client closes."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall(ScriptStep):
    """Neither read nor write for ``seconds`` (times the timeout factor): a client that goes on writing is blocked."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(ScriptStep):
    """Expect a command line that matches ``pattern``."""

    pattern: CommandPattern


@dataclass(frozen=True, slots=True, kw_only=True)
class MailData(ScriptStep):
    """Expect mail data up to and with the terminating CRLF.CRLF.

    Attributes:
        content: the message after transparency is undone, with its final CRLF; None: any.
        others: contents that will do as well.
    """

    content: bytes | None
    others: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOctets(ScriptStep):
    """Read exactly ``octets`` octets, whatever they are (part of a message, say)."""

    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NegotiateTls(ScriptStep):
    """Negotiate TLS on the connection.

    Attributes:
        certificate: what the server shows.
        require_client_certificate: whether a client without one is refused.
        cut: end the connection after the first octets of the client's handshake, in this way.
        instead: what is sent in clear instead of TLS, behind those octets; empty: nothing, TLS is negotiated.
        optional: whether the client may close the connection instead.
    """

    certificate: Certificate = Certificate.TRUSTED
    require_client_certificate: bool = False
    cut: Ending | None = None
    instead: bytes = b""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(ScriptStep):
    """Send nothing more. Reads on until the client closes, or with ``reading=False`` leaves octets unread."""

    reading: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(ScriptStep):
    """End the connection."""

    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPeer(ScriptStep):
    """Check facts of the connection; names as in ``fake_servers.transcript.PeerFacts``."""

    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branches(ScriptStep):
    """Play the branch whose first step, a ``Command``, matches what the client sends next.

    An empty branch matches when no other does: nothing is consumed, the script goes on behind.
    """

    branches: tuple[tuple[Step, ...], ...]


Step: TypeAlias = (
    Reply
    | Octets
    | Pieces
    | Flood
    | Dribble
    | Pause
    | Stall
    | Command
    | MailData
    | ReadOctets
    | NegotiateTls
    | Silence
    | Close
    | CheckPeer
    | Branches
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """What is played on one connection, in order; afterwards courtesy until the client closes.

    Attributes:
        steps: what the server does.
        transport: how the connection is made.
        courteous: whether RSET, NOOP, QUIT and a repeated greeting command are answered where no step is for them.
    """

    steps: tuple[Step, ...]
    transport: Transport = Transport.TCP
    courteous: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A whole script: the n-th connection of the client plays the n-th dialogue.

    Attributes:
        dialogues: at least one. All on the same port or path.
        lmtp: whether the greeting command is LHLO.
        time_factor: multiplies every time in the script.
    """

    dialogues: tuple[Dialogue, ...]
    lmtp: bool = False
    time_factor: float = 1.0
    name: str = field(default="script")

    @property
    def idle_seconds(self) -> float:
        """About how long nothing happens: the server pauses, stalls, is silent, or sends what must arrive apart."""
        return sum(_idle_seconds(dialogue.steps) for dialogue in self.dialogues)


_SILENCE, _PIECE = 1.0, 0.05
"""Seconds for which a client mostly puts up with silence, and between two pieces: a delayed acknowledgement."""


def _idle_seconds(steps: tuple[Step, ...]) -> float:
    seconds = 0.0
    for step in steps:
        match step:
            case Pause() | Stall():
                seconds += step.seconds
            case Silence():
                seconds += _SILENCE
            case Pieces():
                seconds += _PIECE * (len(step.pieces) - 1)
            case Branches():
                seconds += sum(map(_idle_seconds, step.branches))
    return seconds
