"""This module owns the playing of one dialogue on one connection: which step comes when, and what deviates from it.

How octets travel is the connection's business. One fault of a client gives one deviation:

* A command of the right verb that claims something else is a deviation, and is played as if it had matched.
* A command that a later step expects, while only omissible steps lie between, tells of one that is missing.
* Any other command that is neither expected nor owed an answer by courtesy is refused with 503; a run of them at one
  step is one deviation.
* Steps that are left over when the client ends are one deviation, unless there was one at the first of them already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fake_servers import limits, replies, routing
from fake_servers.certificates import Authority
from fake_servers.connection import Connection
from fake_servers.courtesy import polite_reply
from fake_servers.inbox import Line
from fake_servers.matching import verb_of
from fake_servers.octets import first_difference, shown_line
from fake_servers.reception import ClientEndedError, ConnectionOverError
from fake_servers.recorder import Recorder
from fake_servers.steps import (
    Branches,
    CheckPeer,
    Close,
    Command,
    Dialogue,
    Dribble,
    Ending,
    Flood,
    MailData,
    NegotiateTls,
    Octets,
    Pause,
    Pieces,
    ReadOctets,
    Reply,
    Silence,
    Stall,
    Step,
    Transport,
)
from fake_servers.tls_stream import TlsFailedError
from fake_servers.transcript import Deviation, End


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all connections of a server share.

    Attributes:
        authority: issues certificates.
        recorder: of the server.
        time_factor: multiplies every time in the script.
    """

    authority: Authority
    recorder: Recorder
    time_factor: float


class Player:
    """Plays a dialogue."""

    def __init__(self, connection: Connection, dialogue: Dialogue, stage: Stage) -> None:
        self._connection = connection
        self._session = connection.session
        self._dialogue = dialogue
        self._stage = stage
        self._steps: routing.Steps = dialogue.steps
        self._played = 0
        self._deviated_at: object = None
        self._unexpected = 0
        self._failure = ""
        self._report_progress()

    def play(self) -> None:
        """Play all steps, then be courteous until the client closes the connection.

        Raises:
            StoppedError: the server is being stopped; ``report_leftovers`` is still to be called.
        """
        try:
            if self._dialogue.transport is Transport.TLS and not isinstance(self._due, NegotiateTls):
                self._negotiate(NegotiateTls())
            while self._due is not None:
                _PLAYS[type(self._due)](self, self._due)
            self._play_on()
        except (ClientEndedError, ConnectionOverError):
            return

    # Where the script stands.

    @property
    def _due(self) -> Step | None:
        return self._steps[0] if self._steps else None

    def _go_to(self, steps: routing.Steps, *, played: int = 0) -> None:
        self._steps = steps
        self._played += played
        self._report_progress()

    def _done(self) -> None:
        self._go_to(self._steps[1:], played=1)

    def _report_progress(self) -> None:
        due = self._due
        self._stage.recorder.progress(
            self._connection.number,
            played=self._played,
            total=self._played + len(self._steps),
            next_step=due.label if due else "",
            next_line=due.line if due else 0,
        )

    def _deviate(self, step: Step | None, *, expected: str, received: str, event: int = -1) -> None:
        self._stage.recorder.deviation(
            Deviation(
                connection=self._connection.number,
                step=step.label if step else "",
                line=step.line if step else 0,
                expected=expected,
                received=received,
                event=event,
            )
        )
        self._deviated_at = self._steps

    def report_leftovers(self) -> None:
        """Record it as a deviation if steps that wait on the client were not played."""
        left = list(routing.awaiting_client(self._steps))
        if not left or self._deviated_at is self._steps:
            return
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        end = self._stage.recorder.transcript.connections[self._connection.number].end
        self._deviate(left[0], expected=f"{routing.in_words(left[0])}{more}", received=f"{_ENDS[end]}{self._failure}")

    # What the client does.

    def _play_command(self, step: Command | Branches) -> None:
        try:
            line = self._connection.next_line(routing.in_words(step))
        except ClientEndedError:
            if isinstance(step, Branches) and routing.may_be_passed(step):
                self._go_to(self._steps[1:])
                return
            raise
        found = routing.matching(self._steps, line.octets)
        if found is not None:
            self._take(found)
        else:
            self._play_other(step, line)

    def _take(self, steps: routing.Steps) -> None:
        """Take the line as the command that is the first of these steps."""
        self._connection.take_line()
        self._go_to(steps[1:], played=1)

    def _play_other(self, step: Command | Branches, line: Line) -> None:
        """Play on with a line that the due step does not match."""
        similar = self._similar(line)
        if similar is None and self._be_courteous(line):
            return
        missing = None if self._session.in_authentication else routing.after_missing(self._steps, line.octets)
        if self._refuse_consequence(line):
            return
        if missing is not None:
            self._deviate_by_omission(missing, line)
        elif similar is not None:
            self._deviate_by_claim(similar, line)
        elif isinstance(step, Branches) and routing.may_be_passed(step) and not _awaits_command(self._steps[1:]):
            self._go_to(self._steps[1:])
        else:
            self._refuse(line)

    def _similar(self, line: Line) -> routing.Steps | None:
        if self._session.in_authentication:
            # Behind a challenge any line is the response (RFC 4954 section 4): it has no verb.
            return routing.expecting(self._steps, lambda _: True)
        return routing.of_same_verb(self._steps, line.octets)

    def _deviate_by_claim(self, steps: routing.Steps, line: Line) -> None:
        due = steps[0]
        assert isinstance(due, Command)  # noqa: S101 - routing returns nothing else
        words = due.pattern.mismatch(line.octets)
        received = f"{shown_line(line.octets)} ({words})"
        self._deviate(due, expected=str(due.pattern), received=received, event=line.event)
        self._take(steps)

    def _deviate_by_omission(self, steps: routing.Steps, line: Line) -> None:
        due = next(routing.awaiting_client(self._steps))
        received = f"{shown_line(line.octets)} (which a later step expects: this one is missing)"
        self._deviate(due, expected=routing.in_words(due), received=received, event=line.event)
        self._take(steps)

    def _refuse_consequence(self, line: Line) -> bool:
        """Refuse a command that was pipelined behind one that was refused: no fault of the client's."""
        if not self._session.refusal_carries_over(verb_of(line.octets)):
            return False
        self._connection.take_line()
        self._connection.send(replies.UNEXPECTED)
        return True

    def _refuse(self, line: Line) -> None:
        due = self._due
        self._connection.take_line()
        if self._deviated_at is not self._steps:
            expected = routing.in_words(due) if due else "nothing but courtesy behind the last step"
            self._deviate(due, expected=expected, received=shown_line(line.octets), event=line.event)
        self._unexpected += 1
        if self._unexpected < limits.UNEXPECTED_COMMANDS:
            self._connection.send(replies.UNEXPECTED)
            return
        self._connection.send(replies.TOO_MANY_UNEXPECTED)
        self._finish()
        raise ConnectionOverError

    def _be_courteous(self, line: Line) -> bool:
        """Answer a command that needs no step; return whether it is one."""
        if not self._dialogue.courteous:
            return False
        polite = polite_reply(line.octets, self._session)
        if polite is None:
            return False
        self._connection.take_line()
        self._connection.send(polite)
        if verb_of(line.octets) == "QUIT":
            self._finish()
            raise ConnectionOverError
        return True

    def _play_data(self, step: MailData) -> None:
        content, event = self._connection.read_data()
        if step.content is not None and content not in (step.content, *step.others):
            expected, received = first_difference(step.content, content)
            self._deviate(step, expected=expected, received=received, event=event)
        self._done()

    def _play_read(self, step: ReadOctets) -> None:
        self._connection.read_octets(step.octets)
        self._done()

    def _play_check(self, step: CheckPeer) -> None:
        peer = self._stage.recorder.transcript.connections[self._connection.number].peer
        for name, wanted in step.facts.items():
            came = getattr(peer, name)
            if str(came) != str(wanted):
                self._deviate(step, expected=f"{name} {wanted}", received=f"{name} {came or '(none)'}")
        self._done()

    # What the server does by itself.

    def _play_reply(self, step: Reply | Octets) -> None:
        self._connection.send(step.octets)
        self._done()

    def _play_pieces(self, step: Pieces) -> None:
        self._connection.send_pieces(step.pieces, limits.PIECE_GAP_SECONDS)
        self._done()

    def _play_flood(self, step: Flood) -> None:
        self._connection.flood(step.octets, step.times)
        self._done()
        if step.times is None:
            self._finish()

    def _play_dribble(self, step: Dribble) -> None:
        self._connection.set_piece(step.octets)
        self._done()

    def _play_pause(self, step: Pause) -> None:
        self._connection.read_for(step.seconds * self._stage.time_factor)
        self._done()

    def _play_stall(self, step: Stall) -> None:
        self._connection.stall(step.seconds * self._stage.time_factor)
        self._done()

    def _play_silence(self, step: Silence) -> None:
        self._done()
        self._session.output_ended = True
        self._connection.note("the server says nothing more" + ("" if step.reading else " and reads nothing more"))
        if step.reading:
            self._connection.read_to_end()
        else:
            self._connection.read_nothing()

    def _play_close(self, step: Close) -> None:
        self._done()
        self._end(step.ending)

    def _end(self, ending: Ending) -> None:
        match ending:
            case Ending.RST:
                self._connection.reset()
            case Ending.NOTIFY_ONLY:
                self._connection.end_tls()
            case Ending.HALF:
                self._connection.end_output()
            case Ending.FIN | Ending.NO_NOTIFY:
                self._connection.end_output(notify=ending is Ending.FIN)
                self._connection.server_closed()

    def _finish(self) -> None:
        """End the connection in order, and read on until the client has closed it, too."""
        self._end(Ending.FIN)
        self._connection.read_to_end()

    def _play_tls(self, step: NegotiateTls) -> None:
        self._negotiate(step)

    def _cut(self, ending: Ending) -> None:
        self._connection.note(f"the TLS negotiation is cut by {ending.value.upper()}")
        self._end(ending)
        self._connection.read_after_failed_tls()

    def _negotiate(self, step: NegotiateTls) -> None:
        context = self._stage.authority.server_context(
            step.certificate, require_client_certificate=step.require_client_certificate
        )
        try:
            first_octets = self._connection.await_tls()
            if step is self._due:
                self._done()
            if step.cut is None:
                self._connection.negotiate_tls(context, first_octets)
            else:
                self._cut(step.cut)
        except TlsFailedError as error:
            self._failure = f" after the TLS negotiation had failed: {error}"
            self._connection.note(f"TLS negotiation failed: {error}")
            self._end(Ending.FIN)
            self._connection.read_after_failed_tls(error.unread)
            raise ConnectionOverError from error

    # Behind the last step.

    def _play_on(self) -> None:
        if self._session.quit_answered:
            self._finish()
        if self._session.output_ended:
            self._connection.read_to_end()
            return
        while True:
            line = self._connection.next_line("the client to go on, or to close the connection")
            if not self._be_courteous(line) and not self._refuse_consequence(line):
                self._refuse(line)


def _awaits_command(steps: routing.Steps) -> bool:
    return bool(steps) and isinstance(steps[0], Command | Branches)


_ENDS: Mapping[End, str] = MappingProxyType(
    {
        End.OPEN: "nothing more: the fake server was stopped",
        End.CLIENT_CLOSED: "the client closed the connection before",
        End.CLIENT_RESET: "the client reset the connection before",
        End.SERVER_CLOSED: "the server had closed the connection before",
        End.CUT: "nothing more: the fake server was stopped",
    }
)

_PLAYS: Mapping[type[Any], Callable[[Player, Any], None]] = MappingProxyType(
    {
        Reply: Player._play_reply,  # noqa: SLF001 - the class's own table
        Octets: Player._play_reply,  # noqa: SLF001
        Pieces: Player._play_pieces,  # noqa: SLF001
        Flood: Player._play_flood,  # noqa: SLF001
        Dribble: Player._play_dribble,  # noqa: SLF001
        Pause: Player._play_pause,  # noqa: SLF001
        Stall: Player._play_stall,  # noqa: SLF001
        Command: Player._play_command,  # noqa: SLF001
        Branches: Player._play_command,  # noqa: SLF001
        MailData: Player._play_data,  # noqa: SLF001
        ReadOctets: Player._play_read,  # noqa: SLF001
        NegotiateTls: Player._play_tls,  # noqa: SLF001
        Silence: Player._play_silence,  # noqa: SLF001
        Close: Player._play_close,  # noqa: SLF001
        CheckPeer: Player._play_check,  # noqa: SLF001
    }
)
