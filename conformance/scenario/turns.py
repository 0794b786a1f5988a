"""This module owns whose turn it is: a server answers each command once, and a script that does otherwise says so.

It looks at steps only. RFC 5321 section 4.1.4 and RFC 2033 section 4.2 give the rules.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import singledispatchmethod

from fake_servers import steps

_LAST_LINE = re.compile(rb"^[0-9]{3}(?: [^\n]*)?\r?$", re.MULTILINE)
_OUT_OF_TURN = "speaks out of turn: no command asked for this reply; write unasked where it is meant"
_UNANSWERED = "the command before this one has no reply yet, and PIPELINING was not offered"
_ENDED = "the server has ended this connection before: begin a new one with next-connection"
_NO_DATA_YET = "mail data come only behind a 354 reply"


def turn_problems(dialogue: Sequence[steps.Step], *, lmtp: bool) -> Iterator[tuple[steps.Step, str]]:
    """Yield each step at which a dialogue speaks out of turn, with what is wrong."""
    turns = _Turns(lmtp=lmtp)
    for step in dialogue:
        turns.take(step)
    yield from turns.problems


@dataclass(slots=True, kw_only=True)
class _Turns:
    """Follows one dialogue.

    Attributes:
        lmtp: whether each accepted recipient gets a reply after the mail data.
        problems: what was found.
        owed: how many replies the server may send now; one at first, the greeting.
        last_code: the code of the reply sent last.
        verb: the verb of the command that came last.
        recipients: how many recipients were accepted in this transaction.
        ended: whether the server has ended its output.
        pipelining: whether that extension was offered.
    """

    lmtp: bool
    problems: list[tuple[steps.Step, str]] = field(default_factory=list)
    owed: int = 1
    last_code: str = ""
    verb: str = ""
    recipients: int = 0
    ended: bool = False
    pipelining: bool = False

    def take(self, step: steps.Step) -> None:
        reads = isinstance(step, steps.Command | steps.MailData | steps.ReadOctets | steps.CheckPeer)
        if self.ended and not reads:
            self.problems.append((step, _ENDED))
        self._take(step)

    @singledispatchmethod
    def _take(self, step: steps.Step) -> None:
        """Steps that change nothing: Dribble, Pause, CheckPeer."""

    @_take.register
    def _(self, step: steps.Reply) -> None:
        if step.asked and not self.owed:
            self.problems.append((step, _OUT_OF_TURN))
        self._replied(step.octets)
        self.owed = max(self.owed - step.asked, 0)

    @_take.register(steps.Octets)
    @_take.register(steps.Flood)
    @_take.register(steps.Pieces)
    def _(self, step: steps.Octets | steps.Flood | steps.Pieces) -> None:
        """Octets that are sent as they are may answer, and more than once; garbage counts as one answer."""
        octets = b"".join(step.pieces) if isinstance(step, steps.Pieces) else step.octets
        self._replied(octets)
        self.owed = max(self.owed - max(len(_LAST_LINE.findall(octets)), 1), 0)

    @_take.register
    def _(self, step: steps.Command) -> None:
        if self.owed and not self.pipelining:
            self.problems.append((step, _UNANSWERED))
        self.owed += 1
        self.verb = str(step.pattern).split(" ")[0].upper()
        if self.verb == "MAIL":
            self.recipients = 0

    @_take.register(steps.MailData)
    @_take.register(steps.ReadOctets)
    def _(self, step: steps.MailData | steps.ReadOctets) -> None:
        if isinstance(step, steps.MailData) and self.last_code != "354":
            self.problems.append((step, _NO_DATA_YET))
        self.owed = self.recipients if self.lmtp else 1

    @_take.register
    def _(self, step: steps.Close) -> None:
        self.ended = step.ending is not steps.Ending.NOTIFY_ONLY

    @_take.register
    def _(self, _step: steps.Silence) -> None:
        self.ended = True

    @_take.register
    def _(self, step: steps.NegotiateTls) -> None:
        self.ended = step.cut is not None or bool(step.instead)

    @_take.register
    def _(self, step: steps.Branches) -> None:
        """The branches begin alike; what follows is read as behind the first."""
        before = copy.copy(self)
        for number, branch in enumerate(step.branches):
            turns = self if number == 0 else copy.copy(before)
            for inner in branch:
                turns.take(inner)

    def _replied(self, octets: bytes) -> None:
        """Note the last reply line of what was sent."""
        lines = [line for line in octets.split(b"\r\n") if line]
        self.last_code = lines[-1][:3].decode("latin-1") if lines else ""
        if self.verb == "RCPT" and self.last_code.startswith("2"):
            self.recipients += 1
        self.pipelining = self.pipelining or b"PIPELINING" in octets.upper()
