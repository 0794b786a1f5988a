"""This module owns the life of a server: listening, one thread a connection, and the end of it all, always in time.

At any time one thread accepts connections, and it serves itself what it has accepted: to start a thread costs as much
as a short dialogue. Who accepts meanwhile, ``Host.ADMITS_WHILE_IT_WAITS`` says. What is said on a connection is the
business of what is performed on it.
"""

from __future__ import annotations

import select
import threading
import traceback
from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import TracebackType
from typing import ClassVar, Protocol, Self

from fake_servers import limits
from fake_servers.connection import Connection
from fake_servers.deadline import Deadline, DeadlineExceededError
from fake_servers.listeners import Listener
from fake_servers.recorder import Recorder
from fake_servers.session import Session
from fake_servers.stream import PlainStream, StoppedError, Waker
from fake_servers.transcript import ConnectionRecord, End, Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A connection that is being played, as other threads see it."""

    plain: PlainStream
    waker: Waker


class Performance(Protocol):
    """What happens on one connection."""

    def play(self) -> None:
        """Play it to its end.

        Raises:
            StoppedError: the server is being stopped.
        """

    def report_leftovers(self) -> None:
        """Record what was to come and did not; called once, at the end."""


class Host(ABC):
    """Listens from the moment it is made, and accepts connections from ``start`` (or ``with``) to ``stop``.

    Args:
        name: for its threads.
        listener: where it listens.
        recorder: writes its transcript.
        lmtp: whether the greeting command is LHLO.
        flood_is_fault: whether a client that sends without end is a harness error (else it is the client's doing).

    Attributes:
        name: as given.
        host: the address to connect to; empty for a Unix socket.
        port: the port to connect to; 0 for a Unix socket.
        path: of the Unix socket; empty for TCP.
        transcript: what it saw and did so far.
    """

    ADMITS_WHILE_IT_WAITS: ClassVar[bool] = False
    """Whether a performance waits for nothing but its connection, and so can look for another client meanwhile. Then
    another thread, which accepts from then on, is started only for that; else it is started with each connection."""

    def __init__(
        self, *, name: str, listener: Listener, recorder: Recorder, lmtp: bool, flood_is_fault: bool = True
    ) -> None:
        self.name = name
        self._lmtp = lmtp
        self._flood_is_fault = flood_is_fault
        self._recorder = recorder
        self._listener = listener
        self._waker = Waker()
        self._lines: dict[int, _Line] = {}
        self._stopping = threading.Lock()
        self._stopped = False
        self._acceptor: threading.Thread | None = None
        self._threads: set[threading.Thread] = set()
        self.host = listener.host
        self.port = listener.port
        self.path = listener.path
        self.transcript: Transcript = recorder.transcript

    @abstractmethod
    def _performance(self, connection: Connection) -> Performance:
        """Return what is played on a new connection."""

    def _admits(self, number: int) -> bool:  # noqa: ARG002 - for those who count
        """Return whether a connection is taken on; one that is not is closed at once."""
        return True

    def _report_missing_connections(self) -> None:  # noqa: B027 - most count none
        """Record which connections were to come and did not."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Accept connections from now on."""
        self._accept_in_new_thread()

    # Accepting.

    def _accept_in_new_thread(self) -> None:
        """Have a new thread accept from now on, and the one that has done so until now only serve.

        Raises:
            RuntimeError: the system has no thread to spare; all stays as it was.
        """
        with self._recorder.changed:
            if self._waker.stopped:
                return
            thread = threading.Thread(target=self._live, name=f"{self.name}: connections", daemon=True)
            former, self._acceptor = self._acceptor, thread
            self._threads.add(thread)
            try:
                thread.start()
            except RuntimeError:
                self._acceptor = former
                self._threads.discard(thread)
                raise

    def _live(self) -> None:
        """Accept and serve, one connection after the other; the life of a thread."""
        try:
            self._accept_all()
        except Exception:  # noqa: BLE001 - whatever it is, it is a fault of ours, and no client's
            self._recorder.fault(f"while accepting a connection:\n{traceback.format_exc()}")
        finally:
            with self._recorder.changed:
                self._threads.discard(threading.current_thread())

    def _accept_all(self) -> None:
        poller = select.poll()
        poller.register(self._waker.read_end, select.POLLIN)
        poller.register(self._listener.listening.fileno(), select.POLLIN)
        while self._acceptor is threading.current_thread():
            poller.poll()
            with self._recorder.changed:
                if self._waker.stopped:
                    return
                connection = self._accepted()
            if connection is not None:
                self._serve(connection)

    def _accepted(self) -> Connection | None:
        """Return the next connection; None if it is not taken on, or the client has gone again."""
        accepted = self._listener.accept()
        if accepted is None:
            return None
        connected, peer = accepted
        number = self._recorder.connection(peer)
        if not self._admits(number):
            self._recorder.end(number, End.SERVER_CLOSED)
            connected.close()
            return None
        waker = Waker()
        plain = PlainStream(connected, waker, self._recorder.changed)
        connection = Connection(
            number=number, plain=plain, waker=waker, recorder=self._recorder, session=Session(lmtp=self._lmtp)
        )
        connection.flood_is_fault = self._flood_is_fault
        self._lines[number] = _Line(plain=plain, waker=waker)
        return connection

    def _serve(self, connection: Connection) -> None:
        """Play one connection to its end."""
        number = connection.number
        performance = self._performance(connection)
        try:
            if self.ADMITS_WHILE_IT_WAITS:
                connection.plain.look_at(self._listener.listening.fileno(), self._accept_in_new_thread)
            else:
                self._accept_in_new_thread()
            performance.play()
        except StoppedError:
            self._cut(number)
        except DeadlineExceededError as error:
            self._recorder.fault(f"connection {number}: {error}")
            self._cut(number)
        except Exception:  # noqa: BLE001 - a harness error, whatever it is; the client gets no reply for it
            self._recorder.fault(f"connection {number}:\n{traceback.format_exc()}")
            self._cut(number)
        finally:
            performance.report_leftovers()
            connection.close()
            with self._recorder.changed:
                self._lines.pop(number, None)
                self._recorder.forget(number)
                self._recorder.changed.notify_all()

    def _cut(self, number: int) -> None:
        if self.transcript.connections[number].end is End.OPEN:
            self._recorder.end(number, End.CUT)

    # Waiting.

    def wait_until_played(self, timeout: float) -> bool:
        """Wait until every connection so far has ended, or idles behind its last step; return whether it is so."""
        return self._recorder.wait_until(lambda: self._all_settled(for_client=True, played=True), timeout)

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait until all that clients have sent is worked off, and every connection has ended or waits for its client.

        Other than ``wait_until_played`` this does not wait for clients that will not go on.
        """
        return self._recorder.wait_until(lambda: self._all_settled(for_client=True, played=False), timeout)

    def wait_for_end(self, connection: int, timeout: float) -> End:
        """Wait until the client has closed or reset a connection; return how it stands then, or when the time is over.

        ``End.SERVER_CLOSED``: the server has closed its side, and the client has not closed its own so far; behind RST,
        nobody can tell. A server that has stopped reading begins to read again, for the client's end lies behind what
        it has sent.
        """
        with self._recorder.changed:
            line = self._lines.get(connection)
        if line is not None:
            line.waker.resume()
        self._recorder.wait_until(lambda: self._client_ended(connection), timeout)
        with self._recorder.changed:
            records = self.transcript.connections
            return records[connection].end if connection < len(records) else End.OPEN

    def _client_ended(self, connection: int) -> bool:
        if connection >= len(self.transcript.connections):
            return False
        return connection not in self._lines or self.transcript.connections[connection].end not in {
            End.OPEN,
            End.SERVER_CLOSED,
        }

    def _all_settled(self, *, for_client: bool, played: bool) -> bool:
        if self._waker.stopped:
            return True
        if self._listener.pending():
            return False
        records = self.transcript.connections
        return all(
            (line.plain.settled(for_client=for_client) and (not played or _played(records[number])))
            for number, line in self._lines.items()
        )

    # The end.

    def stop(self) -> None:
        """Work off what has arrived, then end every connection and thread; idempotent, bounded in time.

        Connections that are open are cut (``End.CUT``). Dialogues that no client began are
        deviations, if they wait on one.
        """
        with self._stopping:
            if self._stopped:
                return
            self._stopped = True
            if self._acceptor is not None:
                self._end_threads()
            self._listener.close()
            self._waker.close()
            self._report_missing_connections()

    def _end_threads(self) -> None:
        self._recorder.wait_until(lambda: self._all_settled(for_client=False, played=False), limits.SETTLE_SECONDS)
        self._waker.stop()
        with self._recorder.changed:  # who was about to accept has done so, and nobody will any more
            lines, threads = list(self._lines.values()), list(self._threads)
        for line in lines:
            line.waker.stop()
        deadline = Deadline(limits.STOP_SECONDS)
        for thread in threads:
            self._join(thread, deadline)

    def _join(self, thread: threading.Thread, deadline: Deadline) -> None:
        thread.join(deadline.remaining)
        if thread.is_alive():
            self._recorder.fault(str(deadline.exceeded(f"the thread {thread.name!r} to end")))


def _played(record: ConnectionRecord) -> bool:
    return record.steps_played >= record.steps_total or record.end is not End.OPEN
