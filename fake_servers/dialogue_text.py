"""This module owns a transcript as people read it: one dialogue a connection, as the RFCs write them."""

from __future__ import annotations

from collections.abc import Iterator

from fake_servers.octets import printable, without_line_end
from fake_servers.transcript import Event, Kind, Transcript

_LINES_OF_AN_EVENT = 12


def event_lines(event: Event, *, all_lines: bool = False) -> Iterator[str]:
    """Yield an event as lines without its connection: ``S: 250 Ok``, ``C: QUIT``, ``-- connection opened``."""
    if event.kind is Kind.NOTE:
        yield f"-- {event.note}"
        return
    lines = event.octets.splitlines(keepends=True)
    shown = lines if all_lines else lines[:_LINES_OF_AN_EVENT]
    for line in shown:
        yield f"{event.kind.value}: {printable(without_line_end(line))}"
    left = len(lines) - len(shown)
    if left:
        yield f"   … {left} more lines"
    if event.omitted:
        yield f"   … {event.omitted} more octets, which were not kept"


def dialogue_text(transcript: Transcript) -> str:
    """Return everything that was said, connection after connection, with the rules that were broken on the wire."""
    if not transcript.connections:
        return "no connection was made"
    return "\n".join(_lines(transcript))


def _lines(transcript: Transcript) -> Iterator[str]:
    by_connection: dict[int, list[str]] = {number: [] for number in range(len(transcript.connections))}
    for event in list(transcript.events):
        by_connection[event.connection] += event_lines(event)
    for number, record in enumerate(list(transcript.connections)):
        where = f" from {record.peer.source_address}:{record.peer.source_port}" if record.peer.source_address else ""
        yield f"connection {number + 1}{where}, {record.end.value}"
        yield from (f"  {line}" for line in by_connection.get(number, []))
    yield from (f"breach of {breach.rule}: {breach.message}" for breach in transcript.breaches)
    yield from (
        f"deviation at {one.step or 'the end'}: {one.expected} was expected, {one.received} came"
        for one in transcript.deviations
    )
    yield from (f"fault of the server: {fault}" for fault in transcript.faults)
