"""This module owns the fake server as its users know it: listening, one thread a connection, and the end of it all.

What is said on a connection is the player's business.
"""

from __future__ import annotations

import select
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from fake_servers import limits
from fake_servers.certificates import Authority, shared_authority
from fake_servers.connection import Connection
from fake_servers.deadline import Deadline, DeadlineExceededError
from fake_servers.listeners import Listener, listen_on_tcp, listen_on_unix
from fake_servers.player import Player, Stage
from fake_servers.recorder import Recorder
from fake_servers.routing import awaiting_client, in_words
from fake_servers.session import Session
from fake_servers.steps import Branches, Dialogue, Script, Silence, Step, Transport
from fake_servers.stream import PlainStream, StoppedError, Waker
from fake_servers.transcript import ConnectionRecord, Deviation, End, Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A connection that is being played, as other threads see it."""

    plain: PlainStream
    waker: Waker
    thread: threading.Thread


class FakeServer:
    """Plays a script to clients: the n-th connection gets the n-th dialogue.

    It listens from the moment it is made, and plays from ``start`` (or ``with``) to ``stop``.

    Args:
        script: what it does.
        authority: issues its certificates; left out: one that all servers of this process share.
        directory: where a Unix socket is put; left out: the system's directory for temporary files.

    Attributes:
        host: the address to connect to; empty for a Unix socket.
        port: the port to connect to; 0 for a Unix socket.
        path: of the Unix socket; empty for TCP.
        transcript: what it saw and did so far.
    """

    def __init__(self, script: Script, *, authority: Authority | None = None, directory: Path | None = None) -> None:
        self._script = script
        self._recorder = Recorder()
        self._stage = Stage(
            authority=authority or shared_authority(), recorder=self._recorder, time_factor=script.time_factor
        )
        self._listener = _listen(script, directory)
        self._waker = Waker()
        self._lines: dict[int, _Line] = {}
        self._finished: set[int] = set()
        self._stopping = threading.Lock()
        self._stopped = False
        self._acceptor = threading.Thread(target=self._accept_all, name=f"{script.name}: accepting", daemon=True)
        self.host = self._listener.host
        self.port = self._listener.port
        self.path = self._listener.path
        self.transcript: Transcript = self._recorder.transcript

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Accept connections from now on."""
        self._acceptor.start()

    # Accepting.

    def _accept_all(self) -> None:
        poller = select.poll()
        poller.register(self._waker.read_end, select.POLLIN)
        poller.register(self._listener.listening.fileno(), select.POLLIN)
        while True:
            poller.poll()
            with self._recorder.changed:
                if self._waker.stopped:
                    return
                try:
                    self._accept_one()
                except Exception:  # noqa: BLE001 - whatever it is, it is a fault of ours, and no client's
                    self._recorder.fault(f"while accepting a connection:\n{traceback.format_exc()}")
                    return

    def _accept_one(self) -> None:
        accepted = self._listener.accept()
        if accepted is None:
            return
        connected, peer = accepted
        number = self._recorder.connection(peer)
        if number >= len(self._script.dialogues):
            self._refuse(number)
            connected.close()
            return
        dialogue = self._script.dialogues[number]
        waker = Waker()
        plain = PlainStream(connected, waker, self._recorder.changed)
        session = Session(lmtp=self._script.lmtp)
        connection = Connection(number=number, plain=plain, waker=waker, recorder=self._recorder, session=session)
        thread = threading.Thread(
            target=self._serve,
            args=(connection, dialogue),
            name=f"{self._script.name}: connection {number}",
            daemon=True,
        )
        self._lines[number] = _Line(plain=plain, waker=waker, thread=thread)
        thread.start()

    def _refuse(self, number: int) -> None:
        count = len(self._script.dialogues)
        self._recorder.deviation(
            Deviation(
                connection=number,
                step="",
                line=0,
                expected=f"at most {count} connection{'s' if count > 1 else ''}",
                received=f"connection number {number + 1}",
                event=len(self.transcript.events) - 1,
            )
        )
        self._recorder.end(number, End.SERVER_CLOSED)

    def _serve(self, connection: Connection, dialogue: Dialogue) -> None:
        """Play one dialogue; the life of a connection's thread."""
        number = connection.number
        player = Player(connection, dialogue, self._stage)
        try:
            player.play()
        except StoppedError:
            self._cut(number)
        except DeadlineExceededError as error:
            self._recorder.fault(f"connection {number}: {error}")
            self._cut(number)
        except Exception:  # noqa: BLE001 - a harness error, whatever it is; the client gets no reply for it
            self._recorder.fault(f"connection {number}:\n{traceback.format_exc()}")
            self._cut(number)
        finally:
            player.report_leftovers()
            connection.close()
            with self._recorder.changed:
                self._finished.add(number)
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
        over = connection not in self._lines or connection in self._finished
        return over or self.transcript.connections[connection].end not in {End.OPEN, End.SERVER_CLOSED}

    def _all_settled(self, *, for_client: bool, played: bool) -> bool:
        if self._waker.stopped:
            return True
        if self._listener.pending():
            return False
        records = self.transcript.connections
        return all(
            number in self._finished
            or (line.plain.settled(for_client=for_client) and (not played or _played(records[number])))
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
            if self._acceptor.ident is not None:
                self._end_threads()
            self._listener.close()
            self._waker.close()
            self._report_missing_connections()

    def _end_threads(self) -> None:
        self._recorder.wait_until(lambda: self._all_settled(for_client=False, played=False), limits.SETTLE_SECONDS)
        self._waker.stop()
        deadline = Deadline(limits.STOP_SECONDS)
        self._join(self._acceptor, deadline)
        for line in self._lines.values():
            line.waker.stop()
        for line in self._lines.values():
            self._join(line.thread, deadline)

    def _join(self, thread: threading.Thread, deadline: Deadline) -> None:
        thread.join(deadline.remaining)
        if thread.is_alive():
            self._recorder.fault(str(deadline.exceeded(f"the thread {thread.name!r} to end")))

    def _report_missing_connections(self) -> None:
        made = len(self.transcript.connections)
        for number, dialogue in enumerate(self._script.dialogues[made:], start=made):
            first = next(awaiting_client(dialogue.steps), None)
            if first is None:
                continue
            self._recorder.deviation(
                Deviation(
                    connection=number,
                    step=first.label,
                    line=first.line,
                    expected=f"connection number {number + 1}, for {in_words(first)}",
                    received=f"{made or 'no'} connection{'' if made == 1 else 's'}",
                )
            )


def _played(record: ConnectionRecord) -> bool:
    return record.steps_played >= record.steps_total or record.end is not End.OPEN


def _listen(script: Script, directory: Path | None) -> Listener:
    narrow = any(_stops_reading(dialogue.steps) for dialogue in script.dialogues)
    if script.dialogues[0].transport is Transport.UNIX:
        return listen_on_unix(directory, narrow=narrow)
    return listen_on_tcp(narrow=narrow)


def _stops_reading(steps: tuple[Step, ...]) -> bool:
    return any(
        (isinstance(step, Silence) and not step.reading)
        or (isinstance(step, Branches) and any(_stops_reading(branch) for branch in step.branches))
        for step in steps
    )
