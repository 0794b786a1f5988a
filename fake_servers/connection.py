"""This module owns one connection: octets in and out, each recorded, and the session that they make.

It does what it is told. Scripts, and what should come next, it does not know.
"""

from __future__ import annotations

import contextlib
import os
import ssl
from collections.abc import Sequence

from fake_servers import limits
from fake_servers.deadline import Deadline, DeadlineExceededError
from fake_servers.inbox import Inbox, Line
from fake_servers.recorder import Recorder
from fake_servers.replies import ReplyCollector, SentReply
from fake_servers.session import Session
from fake_servers.stream import ClientGoneError, PlainStream, Stream, Waker
from fake_servers.tls_stream import HANDSHAKE_RECORD, ClearAfterTls, TlsFailedError, TlsStream, behind_records
from fake_servers.transcript import Breach, End, Kind
from fake_servers.wire_rules import Broken, broken_rules, in_clear


class ClientEndedError(Exception):
    """The client has ended its output where something was expected of it."""


class ConnectionOverError(Exception):
    """The connection is over: reset, or useless; how is recorded."""


class Connection:
    """One connection of a client.

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
        self._replies = ReplyCollector()
        self._received = 0
        self._piece_octets = 0
        self.patience = limits.CLIENT_SECONDS
        self.flood_is_fault = True

    # In.

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
        """Take in what has come already, so that what is early is seen to be early."""
        if not self.ahead:
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
        """
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

    # Out.

    def set_piece(self, octets: int) -> None:
        """Send so many octets a segment from here on; 0: as many as there are."""
        self._piece_octets = octets

    def send(self, octets: bytes) -> None:
        """Send octets: in one segment, unless they are to dribble."""
        self.notice()
        if self.session.output_ended:
            return
        step = self._piece_octets or len(octets) or 1
        for start in range(0, len(octets), step):
            self.send_segment(octets[start : start + step])
            if self._piece_octets:
                os.sched_yield()  # gives the processor away, so that a client that waits may read

    def send_pieces(self, pieces: Sequence[bytes], gap: float) -> None:
        """Send octets in segments that arrive apart: each when the one before is acknowledged, and a gap behind it.

        Raises:
            ClientEndedError: the client is gone.
        """
        self.notice()
        if self.session.output_ended:
            return
        for number, piece in enumerate(pieces):
            if number:
                self.plain.wait_until_acknowledged(Deadline(limits.ACKNOWLEDGED_SECONDS))
                self.plain.breathe(Deadline(gap))
            self.send_segment(piece)

    def flood(self, octets: bytes, times: int | None) -> None:
        """Send the same octets again and again, in blocks; stop as soon as the client closes.

        Raises:
            ClientEndedError: the client is gone.
        """
        a_block = max(limits.FLOOD_BLOCK_OCTETS // max(len(octets), 1), 1)
        left = times if times is not None else limits.FLOOD_OCTETS // max(len(octets), 1)
        block = octets * a_block
        while left and not self.session.output_ended:
            self.notice()
            if self._inbox.ended:
                raise ClientEndedError
            self.send_segment(block if left >= a_block else octets * left, of_replies=False)
            left -= min(a_block, left)
        if times is None:
            self.note(f"the flood ends at its bound of {limits.FLOOD_OCTETS} octets")

    def send_segment(self, octets: bytes, *, of_replies: bool = True) -> None:
        """Send octets in one segment (under TLS: a record), recorded as what really left.

        Args:
            octets: what to send.
            of_replies: whether they are looked at as replies.

        Raises:
            ClientEndedError: the client is gone.
        """
        try:
            self._stream.send(octets, Deadline(self.patience))
        except ClientGoneError as error:
            self._sent(octets[: error.sent], of_replies=of_replies)
            self._drain_after_loss()
            raise ClientEndedError from error
        self._sent(octets, of_replies=of_replies)

    def _sent(self, octets: bytes, *, of_replies: bool) -> None:
        if octets:
            self._recorder.event(self.number, Kind.SERVER, octets=octets, encrypted=self._stream.encrypted)
        if of_replies:
            for reply in self._replies.collect(octets):
                self._reply_sent(reply)

    def _reply_sent(self, reply: SentReply) -> None:
        self.session.reply_sent(reply)
        if self.session.in_data:
            self._begin_data()

    def _drain_after_loss(self) -> None:
        """Record what the client sent before it went."""
        while self.plain.readable() and not self._inbox.ended:
            self._receive_now()
        self._lost()

    # TLS and ends.

    def close(self) -> None:
        """Release the socket; what was received and not told yet is told."""
        self._inbox.record_rest()
        self.plain.close()
        self.waker.close()

    def note(self, text: str) -> int:
        """Record something that happened; return the index of the event."""
        return self._recorder.note(self.number, text)

    def await_tls(self) -> bytes:
        """Wait for the first octets of the client's TLS; return them.

        Raises:
            TlsFailedError: something else came, in clear, which is a breach.
            ClientEndedError: there are none.
        """
        octets = self._inbox.drop()
        while not octets:
            octets = self._receive_undecrypted()
        if octets[0] != HANDSHAKE_RECORD:
            self._breach(in_clear(octets), self._record_received(octets))
            raise TlsFailedError("the client did not begin it", unread=b"")
        return octets

    def _receive_undecrypted(self) -> bytes:
        """Receive octets of TLS itself, which the transcript does not show.

        Raises:
            ClientEndedError: there are no more.
        """
        try:
            octets = self._stream.receive(Deadline(self.patience), "the client to begin TLS")
        except ClientGoneError as error:
            self._lost()
            raise ClientEndedError from error
        if not octets:
            self._feed(octets)
            raise ClientEndedError
        return octets

    def negotiate_tls(self, context: ssl.SSLContext, first_octets: bytes) -> None:
        """Negotiate TLS, and go on under it.

        Raises:
            TlsFailedError: the client or the server refused the other.
            ClientEndedError: the client is gone.
        """
        tls = TlsStream(self.plain, context, first_octets)
        try:
            tls.negotiate(Deadline(self.patience))
        except ClientGoneError as error:
            self._lost()
            raise ClientEndedError from error
        self._stream = tls
        self._replies = ReplyCollector()
        self.session.tls_began()
        self._recorder.negotiated(
            self.number, tls=tls.version, server_name=tls.server_name, client_certificate=tls.client_certificate
        )
        self.note(f"TLS negotiated: {tls.version}, server name {tls.server_name or 'not given'}")

    def read_after_failed_tls(self, octets: bytes = b"") -> None:
        """Read until the client closes the connection; what it still says in clear is a breach."""
        try:
            while True:
                clear = behind_records(octets)
                if clear:
                    self._breach(in_clear(clear), self._record_received(clear))
                octets = self._receive_undecrypted()
        except ClientEndedError:
            return

    def end_tls(self) -> None:
        """Send close_notify and go on in clear on the same connection."""
        if isinstance(self._stream, TlsStream):
            self.notice()
            self._stream.send_close_notify(Deadline(limits.STOP_SECONDS))
            self._stream = ClearAfterTls(self.plain, self._stream)
            self.note("TLS ended by the server, the connection goes on in clear")

    def end_output(self, *, notify: bool = True) -> None:
        """Send FIN; under TLS with close_notify before it, or without. What comes is read on."""
        if self.session.output_ended:
            return
        self.notice()
        self._stream.end_output(notify=notify)
        self.session.output_ended = True
        truncated = " without close_notify" if self._stream.encrypted and not notify else ""
        self.note(f"FIN sent{truncated}")

    def server_closed(self) -> None:
        """Take note that the server has closed the connection, as far as it is concerned."""
        self._recorder.end(self.number, End.SERVER_CLOSED)

    def reset(self) -> None:
        """Reset the connection.

        Raises:
            ConnectionOverError: always.
        """
        self.notice()
        seen = self.plain.reset()
        self.note("RST sent" if seen else "closed: a Unix socket knows no reset")
        self.server_closed()
        raise ConnectionOverError
