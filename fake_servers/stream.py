"""This module owns the one seam to the network: sockets, waiting for them, and how their errors are named.

``tls_stream`` puts TLS over it. Both know octets and deadlines; commands and replies they do not know.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import socket
import struct
import termios
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from fake_servers import limits
from fake_servers.deadline import Deadline

_UNSENT_OCTETS = 0x894B
"""SIOCOUTQNSD of Linux: octets that the kernel has not sent yet. SIOCOUTQ counts those without acknowledgement, too."""

_HANGUP = getattr(select, "POLLRDHUP", 0)
"""The client has ended its output; told even while octets before it are unread (Linux)."""


class StoppedError(Exception):
    """The fake server is being stopped."""


class ClientGoneError(Exception):
    """The client reset the connection, or closed it while octets were on their way to it.

    Attributes:
        sent: how many octets of a write the kernel had taken before.
    """

    def __init__(self, message: str, *, sent: int = 0) -> None:
        super().__init__(message)
        self.sent = sent


class Stream(Protocol):
    """Octets both ways, in clear or under TLS."""

    @property
    def encrypted(self) -> bool:
        """Whether octets go through TLS."""

    def receive(self, deadline: Deadline, awaited: str) -> bytes:
        """Return what has come, at least one octet; nothing at the end of the client's output."""

    def receive_now(self) -> bytes | None:
        """Return what has come without waiting; None if nothing has, no octets at the end."""

    def send(self, octets: bytes, deadline: Deadline) -> None:
        """Send all of these octets."""

    def end_output(self, *, notify: bool) -> None:
        """Send FIN; under TLS with close_notify before it, or without."""


class Waker:
    """Wakes the thread that waits for a connection, at once and for good."""

    def __init__(self) -> None:
        self.read_end, self._write_end = os.pipe()
        self.stopped = False
        self.resumed = False
        self._open = True
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Let every wait end with ``StoppedError``, now and from now on."""
        self.stopped = True
        self._wake()

    def resume(self) -> None:
        """Let a server that has stopped reading read again."""
        self.resumed = True
        self._wake()

    def close(self) -> None:
        """Release the pipe; called by the thread that is woken."""
        with self._lock:
            if self._open:
                self._open = False
                os.close(self.read_end)
                os.close(self._write_end)

    def _wake(self) -> None:
        with self._lock:
            if self._open:
                os.write(self._write_end, b"!")

    def heard(self) -> None:
        """Take note of one wake-up, so that the next wait waits again."""
        os.read(self.read_end, 1)


class PlainStream:
    """A connected socket in clear, used by one thread; others may ask ``settled``."""

    encrypted = False

    def __init__(self, connected: socket.socket, waker: Waker, changed: threading.Condition) -> None:
        connected.setblocking(False)
        self._quick_ack = 0
        if connected.family != socket.AF_UNIX:
            self._quick_ack = getattr(socket, "TCP_QUICKACK", 0)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connected
        self._waker = waker
        self._changed = changed
        self._awaited_events = 0
        self._open = True
        self._pausing = False
        self._poller = select.poll()
        self._poller.register(waker.read_end, select.POLLIN)
        self._looked_at: tuple[int, Callable[[], None]] | None = None

    # What other threads ask.

    def settled(self, *, for_client: bool) -> bool:
        """Return whether the thread waits and what it waits for is not there; call it under ``changed``.

        Args:
            for_client: whether only waiting for the client counts, not a pause.
        """
        if not self._open or not self._awaited_events or (for_client and self._pausing):
            return False
        return not is_ready(self._socket.fileno(), self._awaited_events)

    def readable(self) -> bool:
        """Return whether octets, or the end of them, are there."""
        return is_ready(self._socket.fileno(), select.POLLIN)

    # Waiting.

    @contextlib.contextmanager
    def pausing(self) -> Iterator[None]:
        """Say that waits within are no waiting for the client: the script goes on by itself."""
        self._pausing = True
        try:
            yield
        finally:
            self._pausing = False

    @contextlib.contextmanager
    def _waiting(self, events: int) -> Iterator[None]:
        self._acknowledge_at_once()
        with self._changed:
            self._awaited_events = events
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._awaited_events = 0

    def _wait(self, events: int, deadline: Deadline, awaited: str) -> None:
        """Wait for events of the socket.

        Raises:
            StoppedError: the server is being stopped.
            DeadlineExceededError: nothing came in time.
        """
        self._heed_waker(awaited)
        descriptor = self._socket.fileno()
        self._poller.register(descriptor, events)
        if descriptor in self._poll(0):
            return
        while True:
            with self._waiting(events):
                ready = self._poll(deadline.remaining)
            if descriptor in ready:
                return
            if self._waker.read_end in ready:
                self._waker.heard()
                self._heed_waker(awaited)
                if self._waker.resumed and events == _HANGUP:
                    return
            elif deadline.passed:
                raise deadline.exceeded(awaited)

    def look_at(self, descriptor: int, act: Callable[[], None]) -> None:
        """Look at another descriptor, too, in every wait, and act when there is something: once."""
        self._looked_at = descriptor, act
        self._poller.register(descriptor, select.POLLIN)

    def _poll(self, seconds: float) -> dict[int, int]:
        ready = dict(self._poller.poll(seconds * 1000))
        if self._looked_at and self._looked_at[0] in ready:
            descriptor, act = self._looked_at
            self._looked_at = None
            self._poller.unregister(descriptor)
            act()
        return ready

    def _heed_waker(self, awaited: str) -> None:
        if self._waker.stopped:
            raise StoppedError(awaited)

    def _acknowledge_at_once(self) -> None:
        """Keep a client that writes twice before it reads from waiting 40 ms for a delayed ACK (Nagle)."""
        if self._quick_ack:
            with contextlib.suppress(OSError):  # the connection is gone; the wait will tell
                self._socket.setsockopt(socket.IPPROTO_TCP, self._quick_ack, 1)

    def wait_for_hangup(self, deadline: Deadline) -> None:
        """Wait, without reading, until the client closes the connection or ``Waker.resume`` is called."""
        if not self._waker.resumed:
            self._wait(_HANGUP, deadline, "the client to close the connection")

    # Reading and writing.

    def receive(self, deadline: Deadline, awaited: str) -> bytes:
        """Return what has come, at least one octet; nothing at the end of the client's output.

        Raises:
            ClientGoneError: the client reset the connection.
            StoppedError: the server is being stopped.
            DeadlineExceededError: nothing came in time.
        """
        while True:
            self._wait(select.POLLIN, deadline, awaited)
            octets = self.receive_now()
            if octets is not None:
                return octets

    def receive_now(self) -> bytes | None:
        """Return what has come without waiting; None if nothing has, no octets at the end.

        Raises:
            ClientGoneError: the client reset the connection.
        """
        try:
            return self._socket.recv(limits.RECEIVE_OCTETS)
        except BlockingIOError:
            return None
        except OSError as error:
            raise ClientGoneError(f"the client is gone: {error.strerror}") from error

    def send(self, octets: bytes, deadline: Deadline) -> None:
        """Send all of these octets, in one segment if they fit.

        Raises:
            ClientGoneError: the client has closed or reset the connection.
            StoppedError: the server is being stopped.
            DeadlineExceededError: the client did not take them in time.
        """
        view = memoryview(octets)
        sent = 0
        while sent < len(view):
            try:
                sent += self._socket.send(view[sent:])
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline, "the client to take octets")
            except OSError as error:
                raise ClientGoneError(f"the client is gone: {error.strerror}", sent=sent) from error

    def wait_until_acknowledged(self, deadline: Deadline) -> None:
        """Wait until the client's kernel has all that was sent, or the time is over.

        Raises:
            StoppedError: the server is being stopped.
        """
        # No event tells of an acknowledgement: the kernel is asked every millisecond.
        while not deadline.passed and self._queued(termios.TIOCOUTQ):
            self.breathe(Deadline(min(0.001, deadline.remaining)))

    def wait_until_sent(self, deadline: Deadline) -> None:
        """Wait until all octets have left for the client's kernel, or the time is over."""
        while not deadline.passed and self._queued(_UNSENT_OCTETS):
            self.breathe(Deadline(min(0.001, deadline.remaining)))

    def _queued(self, request: int) -> int:
        try:
            answer = fcntl.ioctl(self._socket.fileno(), request, struct.pack("i", 0))
        except OSError:
            return 0  # a Unix socket has no segments; other systems than Linux do not tell
        return int(struct.unpack("i", answer)[0])

    def breathe(self, deadline: Deadline) -> None:
        """Let so much time pass, unless the server is stopped.

        Raises:
            StoppedError: the server is being stopped.
        """
        with contextlib.suppress(KeyError):
            self._poller.unregister(self._socket.fileno())
        while self._waker.read_end not in self._poll(deadline.remaining) and not deadline.passed:
            pass
        self._heed_waker("a gap between two segments")

    # Ends.

    def end_output(self, *, notify: bool) -> None:  # noqa: ARG002 - there is nothing to notify in clear
        """Send FIN."""
        with contextlib.suppress(OSError):  # the client was faster
            self._socket.shutdown(socket.SHUT_WR)

    def narrow(self, octets: int) -> None:
        """Keep as few octets in the kernel as it lets us, so that a writer blocks."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, octets)

    def reset(self) -> bool:
        """Reset the connection; return whether the client can see it (a Unix socket knows no reset)."""
        self.wait_until_sent(Deadline(limits.ACKNOWLEDGED_SECONDS))
        # A linger time of zero makes close() discard what is queued and send RST.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()
        return self._socket.family != socket.AF_UNIX

    def close(self) -> None:
        """Close the socket; idempotent."""
        with self._changed:
            self._open = False
            self._socket.close()
            self._changed.notify_all()


def is_ready(descriptor: int, events: int) -> bool:
    """Return whether one of these events has come."""
    poller = select.poll()
    poller.register(descriptor, events)
    return bool(poller.poll(0))
