"""The one seam to the network: a socket seen as a stream of replies.

This module owns reading, writing, waiting and the translation of ``OSError``; it does not know about commands,
sessions, or which socket comes next. A Stream lives as long as its socket; TLS is another socket, and so
another Stream, which is how plaintext read ahead of TLS negotiation is forgotten (RFC 3207 6).
"""

from __future__ import annotations

import select
import selectors
import time
from collections import deque
from functools import partial

from ._exceptions import SMTPServerDisconnected, TimedOut
from ._reply import USUAL_LENGTH, MalformedReplyError, OversizeReplyError, Reply, ReplyReader, usual_replies

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

_RECEIVE = 16_384  # a whole reply of every honest server, and one TLS record

# The timeout of a socket is per read, and a server that sends an octet before each would hold a caller for
# MAX_REPLY timeouts. One reply may take this many timeouts; slow servers and tarpits of a minute pass.
PATIENCE = 10


class Stream:
    """Replies from one socket, bytes to it.

    Every failure is an ``SMTPServerDisconnected``; the owner closes the socket then, and on every other
    exception but the two that say that a reply is bad.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._reader = ReplyReader()
        self._ready: deque[Reply] = deque()  # read already, or put back
        self._descriptor = sock.fileno() if hasattr(sock, "fileno") else -1
        self._is_readable = _poller(self._descriptor)
        self._is_tls = hasattr(sock, "pending")

    def read(self) -> Reply:
        """Wait for the next whole reply.

        Raises:
            SMTPServerDisconnected: The server closed the connection, also in the middle of a reply.
            TimedOut: The socket's timeout passed, or PATIENCE times that for the whole reply.
            MalformedReplyError: What came is not a reply.
            OversizeReplyError: The reply passes a limit.
        """
        if self._ready:
            return self._ready.popleft()
        if not self._reader.is_empty:
            return self._reader.next_reply() or self._read_rest()
        received = self._receive()
        if len(received) <= USUAL_LENGTH and (replies := usual_replies(received)):
            if len(replies) > 1:
                self._ready.extend(replies[1:])
            return replies[0]
        self._reader.receive_data(received)
        return self._reader.next_reply() or self._read_rest()

    def _read_rest(self) -> Reply:
        deadline = self._deadline()
        while True:
            self._reader.receive_data(self._receive())
            if (reply := self._reader.next_reply()) is not None:
                return reply
            if time.monotonic() > deadline:
                raise TimedOut(f"expected a whole reply within {PATIENCE} timeouts, got part of one")

    def read_ready(self) -> Reply | None:
        """Return the next whole reply if it is here already; never wait.

        Raises: as ``read``.
        """
        if self._ready:
            return self._ready.popleft()
        self._reader.skip_blank()
        if (reply := self._reader.next_reply()) is None:
            self._receive_ready()
            self._reader.skip_blank()
            reply = self._reader.next_reply()
        return reply

    @property
    def has_left_over(self) -> bool:
        """Whether something came along with the last reply, or was put back."""
        return bool(self._ready) or not self._reader.is_empty

    def is_quiet(self) -> bool:
        """Say whether there is nothing to read: nothing left over, and nothing new."""
        if self._ready or not self._reader.is_empty or self._is_readable():
            return False
        return not (self._is_tls and self._tls_pending())

    def put_back(self, reply: Reply) -> None:
        """Make a reply the next one to be read."""
        self._ready.appendleft(reply)

    @property
    def is_mid_reply(self) -> bool:
        """Whether the beginning of a reply has come, but not its end."""
        return not self._reader.is_empty

    def write(self, data: bytes) -> None:
        """Send all of the bytes.

        The timeout is for each block that the peer takes, not for the whole (RFC 5321 4.5.3.2.5): a slow
        reader that goes on reading is no failure.

        Raises:
            SMTPServerDisconnected: The connection is lost; ``last_reply`` is what the server said before.
            TimedOut: The server took nothing for the time of the socket's timeout.
        """
        try:
            sent = self.sock.send(data)
            if sent < len(data):
                rest = memoryview(data)[sent:]
                while rest:
                    rest = rest[self.sock.send(rest) :]
        except OSError as error:
            lost = _lost(error, "sending")
            lost.last_reply = self._last_words()
            raise lost from error

    def await_room(self) -> bool:
        """Wait until something can be written, and take in what comes meanwhile.

        RFC 2920 3.1: while a client only writes, and the server waits for its replies to be read, both wait for ever.

        Returns:
            Whether the connection is still there.

        Raises:
            TimedOut: The server neither took nor sent anything for the time of the socket's timeout.
        """
        if self._descriptor < 0:
            return True
        with selectors.DefaultSelector() as selector:
            selector.register(self._descriptor, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while events := selector.select(self.sock.gettimeout()):
                try:
                    if events[0][1] & selectors.EVENT_READ:
                        self._receive_ready()
                except SMTPServerDisconnected:  # the replies that came before are still to be read
                    return False
                if events[0][1] & selectors.EVENT_WRITE:
                    return True
                if self._reader.is_full:
                    selector.modify(self._descriptor, selectors.EVENT_WRITE)
        raise TimedOut("timed out sending: the connection is closed")

    def skip_blank(self) -> None:
        """Drop line ends between two replies to one group of commands."""
        self._reader.skip_blank()

    def _last_words(self) -> Reply | None:
        # A server that has had enough says so and closes; its reply lies behind our failed write.
        try:
            return self.read_ready()
        except (SMTPServerDisconnected, MalformedReplyError, OversizeReplyError):
            return None

    def _deadline(self) -> float:
        timeout = self.sock.gettimeout()
        # One timeout at most has passed with the first part.
        return float("inf") if timeout is None else time.monotonic() + (PATIENCE - 1) * timeout

    def _receive(self) -> bytes:
        try:
            data = self.sock.recv(_RECEIVE)
        except OSError as error:
            raise _lost(error, "waiting for a reply") from error
        if not data:
            raise SMTPServerDisconnected("expected a reply, but the server closed the connection")
        return data

    def _tls_pending(self) -> bool:
        return self.sock.pending() > 0  # type: ignore[attr-defined,no-any-return]

    def _receive_ready(self) -> None:
        """Take in what can be read without waiting."""
        if self._is_tls:
            self._receive_tls_ready()
        elif self._is_readable():
            self._reader.receive_data(self._receive())

    def _receive_tls_ready(self) -> None:
        from ssl import SSLWantReadError, SSLWantWriteError  # noqa: PLC0415 - plain sessions do without

        timeout = self.sock.gettimeout()
        self.sock.settimeout(0)
        try:
            self._reader.receive_data(self._receive())
        except SMTPServerDisconnected as lost:
            # Octets on the wire need not hold any of ours: session tickets, key updates.
            if not isinstance(lost.__cause__, (BlockingIOError, SSLWantReadError, SSLWantWriteError)):
                raise
        finally:
            self.sock.settimeout(timeout)


def _lost(error: OSError, doing: str) -> SMTPServerDisconnected:
    if isinstance(error, TimeoutError):
        return TimedOut(f"timed out {doing}: the connection is closed")
    return SMTPServerDisconnected(f"connection lost {doing}: {error}")


def _poller(descriptor: int) -> Callable[[], object]:
    """Return a function that says whether the socket can be read from without waiting.

    A stand-in for a socket, as proxies and tests have it, may be without a descriptor: it is never readable
    ahead of time.
    """
    if descriptor < 0:
        return lambda: False
    if not hasattr(select, "poll"):  # Windows
        return lambda: select.select([descriptor], [], [], 0)[0]
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return partial(poll.poll, 0)
