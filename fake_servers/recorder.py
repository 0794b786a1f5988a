"""This module owns the writing of a transcript: from several threads, with times, one entry after the other.

It also owns the server-wide condition on which others wait for something to change. It does not judge.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from fake_servers import limits
from fake_servers.deadline import Deadline
from fake_servers.transcript import (
    Breach,
    ConnectionRecord,
    Deviation,
    End,
    Event,
    Kind,
    PeerFacts,
    Transcript,
)

Watcher: TypeAlias = Callable[[Event], None]
"""Is told each event as it happens, from any thread, one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How much of a transcript is kept.

    Attributes:
        events: how many; behind them nothing more.
        octets: how many of one event.
    """

    events: int
    octets: int


_FORGOTTEN = ConnectionRecord(end=End.CLIENT_CLOSED)
"""Stands for all connections that are over, where nothing is kept."""


class Recorder:
    """Writes one transcript; every method may be called from any thread.

    Args:
        keeping: the bounds of the transcript; left out: none.
        watcher: is told each event.
    """

    def __init__(self, *, keeping: Keeping | None = None, watcher: Watcher | None = None) -> None:
        self._keeping = keeping
        self._watcher = watcher
        self.transcript = Transcript()
        self.changed = threading.Condition(threading.RLock())
        self._began = time.monotonic()

    def event(
        self, connection: int, kind: Kind, *, octets: bytes = b"", note: str = "", encrypted: bool = False
    ) -> int:
        """Record an event; return its index, -1 if it is not kept."""
        kept = octets[: self._keeping.octets] if self._keeping else octets
        with self.changed:
            event = Event(
                connection=connection,
                at=time.monotonic() - self._began,
                kind=kind,
                octets=kept,
                note=note,
                encrypted=encrypted,
                omitted=len(octets) - len(kept),
            )
            if self._watcher:
                self._watcher(event)
            if self._keeping and len(self.transcript.events) >= self._keeping.events:
                return -1
            self.transcript.events.append(event)
            return len(self.transcript.events) - 1

    def note(self, connection: int, text: str) -> int:
        """Record something that happened to a connection; return the index of the event."""
        return self.event(connection, Kind.NOTE, note=text)

    def deviation(self, deviation: Deviation) -> None:
        """Record that the client did not do what a step expects."""
        with self.changed:
            self.transcript.deviations.append(deviation)

    def breach(self, breach: Breach) -> None:
        """Record that a rule of the wire was broken; once for a rule and an event."""
        with self.changed:
            if self._watcher:
                connection = self.transcript.events[breach.event].connection if breach.event >= 0 else -1
                self._watcher(Event(connection=connection, at=0.0, kind=Kind.NOTE, note=f"breach: {breach.message}"))
            if self._keeping and len(self.transcript.breaches) >= limits.BREACHES:
                return
            known = {(other.rule, other.event) for other in self.transcript.breaches}
            if breach.event < 0 or (breach.rule, breach.event) not in known:
                self.transcript.breaches.append(breach)

    def fault(self, text: str) -> None:
        """Record an error inside the fake server."""
        with self.changed:
            self.transcript.faults.append(text)
            self.changed.notify_all()

    def connection(self, peer: PeerFacts) -> int:
        """Record a new connection; return its number."""
        with self.changed:
            self.transcript.connections.append(ConnectionRecord(peer=peer))
            number = len(self.transcript.connections) - 1
            self.note(number, "connection opened")
            return number

    def forget(self, connection: int) -> None:
        """Take note that nothing more will be said of a connection: where nothing is kept, it is forgotten."""
        ended = self.transcript.connections[connection].end is not End.CUT
        if self._keeping and not self._keeping.events and ended:
            self.transcript.connections[connection] = _FORGOTTEN

    def negotiated(self, connection: int, *, tls: str, server_name: str, client_certificate: str) -> None:
        """Record what TLS negotiation told of the client."""
        with self.changed:
            record = self.transcript.connections[connection]
            record.peer = replace(record.peer, tls=tls, server_name=server_name, client_certificate=client_certificate)

    def progress(self, connection: int, *, played: int, total: int, next_step: str, next_line: int) -> None:
        """Record how far the script has been played on a connection."""
        with self.changed:
            record = self.transcript.connections[connection]
            record.steps_played, record.steps_total = played, total
            record.next_step, record.next_line = next_step, next_line
            self.changed.notify_all()

    def end(self, connection: int, end: End) -> None:
        """Record how a connection ended; what is known of the client is never replaced by less."""
        with self.changed:
            record = self.transcript.connections[connection]
            if record.end in {End.OPEN, End.SERVER_CLOSED}:
                if record.end is not end:
                    self.note(connection, end.value)
                record.end = end
            self.changed.notify_all()

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until a condition holds; return whether it does."""
        deadline = Deadline(seconds)
        with self.changed:
            while not condition():
                if deadline.passed:
                    return False
                self.changed.wait(deadline.remaining)
            return True
