"""This module owns one connection: octets out, TLS and ends, on top of what comes in (``reception``).

It does what it is told. Scripts, and what should come next, it does not know.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence

from fake_servers import limits
from fake_servers.deadline import Deadline
from fake_servers.reception import ClientEndedError, ConnectionOverError, Reception
from fake_servers.recorder import Recorder
from fake_servers.replies import ReplyCollector, SentReply
from fake_servers.session import Session
from fake_servers.stream import ClientGoneError, PlainStream, Waker
from fake_servers.tls_stream import HANDSHAKE_RECORD, ClearAfterTls, TlsFailedError, TlsStream, behind_records
from fake_servers.transcript import End, Kind
from fake_servers.wire_rules import in_clear


class Connection(Reception):
    """One connection of a client; see ``Reception`` for what comes in."""

    def __init__(self, *, number: int, plain: PlainStream, waker: Waker, recorder: Recorder, session: Session) -> None:
        super().__init__(number=number, plain=plain, waker=waker, recorder=recorder, session=session)
        self._replies = ReplyCollector()
        self._piece_octets = 0

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
        self.session.surplus += left * sum(1 for _ in ReplyCollector().collect(octets))
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
        while not self._negotiating and self.plain.readable() and not self._inbox.ended:
            self._receive_now()
        self._lost()

    # TLS and ends.

    def close(self) -> None:
        """Release the socket; what was received and not told yet is told."""
        self._inbox.record_rest()
        self.plain.close()
        self.waker.close()

    def await_tls(self) -> bytes:
        """Wait for the first octets of the client's TLS; return them. What follows is TLS, too, until it is negotiated.

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
        self._negotiating = True
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
        self._negotiating = False
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
                    octets = b""
                octets += self._receive_undecrypted()  # a record may come in pieces
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
