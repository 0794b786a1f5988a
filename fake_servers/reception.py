"""This module owns what comes in on a connection: lines, mail data, counted octets, each recorded and looked at.

It waits for no longer than it is told, and for nothing that nobody asked for. What goes out it does not know.
"""

from __future__ import annotations

import contextlib

from fake_servers import limits
from fake_servers.deadline import Deadline, DeadlineExceededError
from fake_servers.inbox import Inbox, Line
from fake_servers.recorder import Recorder
from fake_servers.session import Session
from fake_servers.stream import ClientGoneError, PlainStream, StoppedError, Stream, Waker
from fake_servers.transcript import Breach, End, Kind
from fake_servers.wire_rules import Broken, broken_rules


class ClientEndedError(Exception):
    """The client has ended its output where something was expected of it."""


class ConnectionOverError(Exception):
    """The connection is over: reset, or useless; how is recorded."""


class Reception:
    """What comes from a client on one connection.

    Args:
        number: 0 for the first.
        plain: the connected socket.
        waker: wakes whoever waits for the socket.
        recorder: of the server.
        session: as it is before the first octet.

    Attributes:
        patience: seconds for which the client is waited for.
        flood_is_fault: whether a client that sends without end is a harness error.
    """

    def __init__(self, *, number: int, plain: PlainStream, waker: Waker, recorder: Recorder, session: Session) -> None:
        self.number = number
        self.plain = plain
        self.waker = waker
        self.session = session
        self._recorder = recorder
        self._stream: Stream = plain
        self._inbox = Inbox(self._record_received, self._line_arrived)
        self._received = 0
        self._negotiating = False
        self.patience = limits.CLIENT_SECONDS
        self.flood_is_fault = True

    @property
    def ahead(self) -> bool:
        """Whether the client has sent so much that nothing took yet that no more is read before it was."""
        return self._inbox.held > limits.AHEAD_OCTETS

    def count_anew(self) -> None:
        """Forget how much the client has sent: it was good for something."""
        self._received = 0

    def _record_received(self, octets: bytes) -> int:
        return self._recorder.event(self.number, Kind.CLIENT, octets=octets, encrypted=self._stream.encrypted)

    def _line_arrived(self, line: Line) -> None:
        if self.waker.stopped:  # thousands of lines may have come at once
            raise StoppedError("a line that has come with others")
        for broken in broken_rules(line.octets, self.session):
            self._breach(broken, line.event)
        self.session.line_arrived(line.octets)

    def _breach(self, broken: Broken, event: int) -> None:
        self._recorder.breach(Breach(rule=broken.rule, message=broken.message, event=event))

    def _feed(self, octets: bytes) -> None:
        self._received += len(octets)
        if self._received > limits.CONNECTION_OCTETS:
            message = f"the client sent over {limits.CONNECTION_OCTETS} octets"
            if self.flood_is_fault:
                self._recorder.fault(f"connection {self.number}: {message}")
            self.note(f"{message}: the server gives it up")
            raise ConnectionOverError
        self._inbox.feed(octets)
        if not octets:
            self._recorder.end(self.number, End.CLIENT_CLOSED)

    def _fill(self, awaited: str, deadline: Deadline | None = None) -> None:
        """Wait until more octets are there.

        Raises:
            ClientEndedError: there will be no more.
        """
        if self._inbox.ended:
            raise ClientEndedError
        deadline = deadline or Deadline(self.patience)
        try:
            octets = self._stream.receive(deadline, awaited)
        except ClientGoneError as error:
            self._lost()
            raise ClientEndedError from error
        self._feed(octets)

    def _lost(self) -> None:
        """The client reset the connection."""
        self._recorder.end(self.number, End.CLIENT_RESET)
        self._inbox.feed(b"")

    def notice(self) -> None:
        """Take in what has come already, so that what is early is seen to be early; but nothing of TLS itself."""
        if not self.ahead and not self._negotiating:
            self._receive_now()

    def _receive_now(self) -> None:
        try:
            octets = None if self._inbox.ended else self._stream.receive_now()
        except ClientGoneError:
            self._lost()
        else:
            if octets is not None:
                self._feed(octets)

    def next_line(self, awaited: str) -> Line:
        """Return the next line, without taking it.

        Raises:
            ClientEndedError: there will be none.
            StoppedError: the server is being stopped; lines that are here already would keep it from that.
        """
        if self.waker.stopped:
            raise StoppedError(awaited)
        while self.session.in_data:
            self._pass_over_data()
        self._inbox.begin_lines()
        while (line := self._inbox.peek_line()) is None:
            self._fill(awaited)
        return line

    def take_line(self) -> Line:
        """Take the line that ``next_line`` has returned."""
        return self._inbox.take_line()

    def _begin_data(self) -> None:
        self.session.data_began()
        self._inbox.begin_data()

    def _pass_over_data(self) -> None:
        """Pass over mail data that no step reads to their end: no command can come before it."""
        if self._inbox.data_ended or self._inbox.take_data() is not None:
            self.session.in_data = False
        else:
            self._fill("the end of the mail data")

    def read_data(self) -> tuple[bytes, int]:
        """Read mail data to their end; return them without transparency, and the index of their last event.

        Raises:
            ClientEndedError: they do not end.
        """
        content, _ = self._read_data(limits.CONNECTION_OCTETS)
        return content, self._inbox.last_event

    def read_data_within(self, at_most: int) -> bytes | None:
        """Read mail data to their end; return them without transparency, None if they have more octets than allowed.

        Raises:
            ClientEndedError: they do not end.
        """
        content, dropped = self._read_data(at_most)
        return None if dropped or len(content) > at_most else content

    def _read_data(self, at_most: int) -> tuple[bytes, bool]:
        dropped = False
        if not self.session.in_data:
            self._begin_data()
        while (content := self._inbox.take_data()) is None:
            if self._inbox.held > at_most:
                self._inbox.drop_data()
                dropped = True
            self._fill("the end of the mail data")
        self.session.data_arrived()
        self._inbox.begin_lines()
        return content, dropped

    def read_octets(self, count: int) -> None:
        """Read so many octets, whatever they are.

        Raises:
            ClientEndedError: there are fewer.
        """
        while self._inbox.take_octets(count) is None:
            self._fill(f"{count} octets")
        if not self.session.in_data:
            self.session.owed.append("(octets)")

    def read_to_end(self) -> None:
        """Take in all that comes, until the client closes the connection."""
        try:
            while True:
                if self.session.in_data or self._inbox.holds_tls:
                    self._inbox.pass_over()
                self._fill("the client to close the connection")
        except ClientEndedError:
            return

    def read_for(self, seconds: float) -> None:
        """Let time pass; end at once if the client closes the connection."""
        deadline = Deadline(seconds)
        with contextlib.suppress(DeadlineExceededError), self.plain.pausing():
            while not self._inbox.ended and not self.ahead:
                with contextlib.suppress(ClientEndedError):
                    self._fill("the end of a pause", deadline)
            if self.ahead:
                self.plain.breathe(deadline)

    def stall(self, seconds: float) -> None:
        """Leave octets unread for a time, and the kernel little room for them."""
        self.plain.narrow(limits.STALLED_RECEIVE_BUFFER_OCTETS)
        self.plain.breathe(Deadline(seconds))

    def read_nothing(self) -> None:
        """Leave octets unread until the client closes the connection, or somebody wants to know whether it has."""
        self.plain.narrow(limits.NARROW_RECEIVE_BUFFER_OCTETS)
        self.plain.wait_for_hangup(Deadline(self.patience))
        self.note("what the client has sent is read again, to see how it ends")
        self.read_to_end()

    def note(self, text: str) -> int:
        """Record something that happened; return the index of the event."""
        return self._recorder.note(self.number, text)
