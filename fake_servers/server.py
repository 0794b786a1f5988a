"""This module owns the fake server that plays a script: which connection gets which dialogue, and who came too many.

What is said on a connection is the player's business.
"""

from __future__ import annotations

from pathlib import Path

from fake_servers.certificates import Authority, shared_authority
from fake_servers.connection import Connection
from fake_servers.host import Host
from fake_servers.listeners import Listener, listen_on_tcp, listen_on_unix
from fake_servers.player import Player, Stage
from fake_servers.recorder import Recorder
from fake_servers.routing import awaiting_client, in_words
from fake_servers.steps import Branches, Script, Silence, Step, Transport
from fake_servers.transcript import Deviation


class FakeServer(Host):
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

    ADMITS_WHILE_IT_WAITS = True

    def __init__(self, script: Script, *, authority: Authority | None = None, directory: Path | None = None) -> None:
        recorder = Recorder()
        super().__init__(name=script.name, listener=_listen(script, directory), recorder=recorder, lmtp=script.lmtp)
        self._script = script
        self._stage = Stage(
            authority=authority or shared_authority(), recorder=recorder, time_factor=script.time_factor
        )

    def _performance(self, connection: Connection) -> Player:
        return Player(connection, self._script.dialogues[connection.number], self._stage)

    def _admits(self, number: int) -> bool:
        if number < len(self._script.dialogues):
            return True
        self._refuse(number)
        return False

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
