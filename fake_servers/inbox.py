"""This module owns what a client has sent and no step has taken yet: lines, mail data, or counted octets.

It reads tolerantly (a bare LF ends a line) and tells the transcript each octet once. It does not judge.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from fake_servers import limits
from fake_servers.octets import undo_transparency

_END_OF_DATA = b"\r\n.\r\n"
_TLS_HANDSHAKE = b"\x16\x03"
"""How a client begins TLS, of whatever version (RFC 8446 section 5.1); no command line begins so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as it came, with its line end.

    Attributes:
        octets: the line.
        event: the index of its event in the transcript.
    """

    octets: bytes
    event: int


class Inbox:
    """The octets of one connection, in the order in which they came.

    Args:
        record: records octets in the transcript, returns the index of the event.
        arrived: called for each command line as soon as it is complete.
    """

    def __init__(self, record: Callable[[bytes], int], arrived: Callable[[Line], None]) -> None:
        self._record = record
        self._arrived = arrived
        self._buffer = bytearray()
        self._lines: deque[Line] = deque()
        self._octets_in_lines = 0
        self._reading_lines = True
        self._recorded = 0
        self._last_event = -1
        self._tail = b""
        self._scanned = 0
        self.ended = False
        self.data_ended = False
        self.holds_tls = False

    # Coming in.

    def feed(self, octets: bytes) -> None:
        """Take in octets from the network; none at all: the client has ended its output."""
        if not octets:
            self.ended = True
            self.record_rest()
            return
        self._buffer += octets
        if self._reading_lines:
            self._frame()

    def _frame(self) -> None:
        """Make lines of what is in the buffer."""
        while not self._tls_begins():
            end = self._buffer.find(b"\n") + 1
            if not end and len(self._buffer) < limits.LINE_OCTETS:
                return
            octets = self._cut(end or len(self._buffer))
            line = Line(octets=octets, event=self._last_event)
            self._lines.append(line)
            self._octets_in_lines += len(octets)
            self._arrived(line)

    def _tls_begins(self) -> bool:
        """Return whether the client has begun TLS: its octets are no lines, whatever the server makes of them."""
        if self._buffer.startswith(_TLS_HANDSHAKE):
            self.holds_tls = True
            self._reading_lines = False
        return self.holds_tls

    def _cut(self, count: int) -> bytes:
        """Take octets off the front of the buffer, recorded."""
        octets = bytes(self._buffer[:count])
        unrecorded = octets[self._recorded :]
        if unrecorded:
            self._last_event = self._record(unrecorded)
        self._recorded = max(self._recorded - count, 0)
        del self._buffer[:count]
        return octets

    def record_rest(self) -> None:
        """Tell the transcript what it does not know yet: the beginning of a line, or of mail data."""
        rest = bytes(self._buffer[self._recorded :])
        if rest:
            self._last_event = self._record(rest)
            self._recorded = len(self._buffer)

    @property
    def last_event(self) -> int:
        """The index of the event of the octets taken last."""
        return self._last_event

    # Lines.

    def peek_line(self) -> Line | None:
        """Return the next line without taking it; None if it is not there yet."""
        return self._lines[0] if self._lines else None

    def take_line(self) -> Line:
        """Take the next line, which must be there."""
        line = self._lines.popleft()
        self._octets_in_lines -= len(line.octets)
        return line

    # Everything that is not lines.

    def begin_data(self) -> None:
        """Expect mail data from here on: what is in the buffer belongs to them."""
        self._stop_framing()
        self._tail, self._scanned, self.data_ended = b"\r\n", 0, False

    def _stop_framing(self) -> None:
        self._reading_lines = False
        framed = b"".join(line.octets for line in self._lines)
        if framed:
            self._lines.clear()
            self._octets_in_lines = 0
            self._buffer[:0] = framed
            self._recorded += len(framed)

    @property
    def held(self) -> int:
        """How many octets wait here."""
        return len(self._buffer) + self._octets_in_lines

    def drop_data(self) -> None:
        """Forget the mail data that are here, but for what may be the beginning of their end."""
        self.record_rest()
        tail = (self._tail + bytes(self._buffer))[-len(_END_OF_DATA) + 1 :]
        self._buffer.clear()
        self._tail, self._scanned, self._recorded = tail, 0, 0

    def begin_lines(self) -> None:
        """Expect command lines again."""
        if not self._reading_lines and not self.holds_tls:
            self._reading_lines = True
            self._frame()

    def take_data(self) -> bytes | None:
        """Take mail data up to the line with the single dot; None if they are not complete.

        Returns:
            the message after transparency is undone (RFC 5321 section 4.5.2).
        """
        place = self._end_of_data()
        if place < 0:
            self.record_rest()
            return None
        octets = self._cut(place)
        self._tail, self._scanned = b"", 0
        return undo_transparency(octets[: -len(b".\r\n")])

    def _end_of_data(self) -> int:
        """Return the place behind the end of the mail data, -1 if it is not there yet; no octet is looked at twice."""
        # The CRLF before the dot may have been taken before: the one of the DATA command, or by take_octets.
        seam = self._tail + bytes(self._buffer[: len(_END_OF_DATA)])
        place = seam.find(_END_OF_DATA) - len(self._tail)
        if not seam.count(_END_OF_DATA) or place >= 0:
            place = self._buffer.find(_END_OF_DATA, self._scanned)
            self._scanned = max(len(self._buffer) - len(_END_OF_DATA) + 1, 0)
            if place < 0:
                return -1
        return place + len(_END_OF_DATA)

    def take_octets(self, count: int) -> bytes | None:
        """Take so many octets, whatever they are; None if they have not all come."""
        self._stop_framing()
        if len(self._buffer) < count:
            self.record_rest()
            return None
        octets = self._cut(count)
        self.data_ended = self.data_ended or _END_OF_DATA in self._tail + octets
        self._tail, self._scanned = (self._tail + octets)[-len(_END_OF_DATA) + 1 :], 0
        return octets

    def pass_over(self) -> None:
        """Take all that is there, whatever it is."""
        self._stop_framing()
        self.record_rest()
        self.take_octets(len(self._buffer))

    def drop(self) -> bytes:
        """Take all that is there; return what is not in the transcript yet."""
        unrecorded = bytes(self._buffer[self._recorded :])
        self._lines.clear()
        self._octets_in_lines = 0
        self._buffer.clear()
        self._recorded = 0
        self._reading_lines, self.holds_tls = True, False
        return unrecorded
