"""This module owns whose turn it is: a server answers each command once, and a script that does otherwise says so.

It looks at steps only. RFC 5321 section 4.1.4 and RFC 2033 section 4.2 give the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fake_servers import steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What is owed at one point of a dialogue.

    Attributes:
        replies_owed: how many replies the server may send now; one at first, the greeting.
        last_code: the code of the reply sent last; empty before the first.
        verb: the verb of the command that came last.
        recipients: how many recipients were accepted in this transaction.
        ended: whether the server has ended its output.
        pipelining: whether the extension was offered.
    """

    replies_owed: int = 1
    last_code: str = ""
    verb: str = ""
    recipients: int = 0
    ended: bool = False
    pipelining: bool = False


def turn_problems(dialogue: Sequence[steps.Step], *, lmtp: bool) -> Iterator[tuple[steps.Step, str]]:
    """Yield each step at which a dialogue speaks out of turn, with what is wrong."""
    problems: list[tuple[steps.Step, str]] = []
    turn = Turn()
    for step in dialogue:
        turn = _after(turn, step, lmtp, problems)
    yield from problems


def _after(turn: Turn, step: steps.Step, lmtp: bool, problems: list[tuple[steps.Step, str]]) -> Turn:
    if turn.ended and not isinstance(step, steps.Command | steps.MailData | steps.ReadOctets | steps.CheckPeer):
        problems.append((step, "the server has ended this connection before: begin a new one with next-connection"))
    match step:
        case steps.Reply(asked=True):
            if turn.replies_owed == 0:
                problems.append((step, "speaks out of turn: no command asked for this reply; write unasked where it is meant"))
            return _replied(turn, step.octets)
        case steps.Octets() | steps.Pieces() | steps.Flood():
            octets = b"".join(step.pieces) if isinstance(step, steps.Pieces) else step.octets
            return replace(_replied(turn, octets), replies_owed=0)
        case steps.Command():
            if turn.replies_owed and not turn.pipelining:
                problems.append((step, "the command before this one has no reply yet, and PIPELINING was not offered"))
            return replace(turn, replies_owed=turn.replies_owed + 1, verb=str(step.pattern).split(" ")[0].upper())
        case steps.MailData() | steps.ReadOctets():
            if isinstance(step, steps.MailData) and turn.last_code != "354":
                problems.append((step, "mail data come only behind a 354 reply"))
            return replace(turn, replies_owed=turn.recipients if lmtp else 1)
        case steps.Close(ending=ending):
            return replace(turn, ended=ending is not steps.Ending.NOTIFY_ONLY)
        case steps.Silence():
            return replace(turn, ended=True)
        case steps.NegotiateTls(cut=cut):
            return replace(turn, ended=cut is not None)
        case steps.Branches(branches=branches):
            for branch in branches:
                inner = turn
                for inner_step in branch:
                    inner = _after(inner, inner_step, lmtp, problems)
            return inner
    return turn


def _replied(turn: Turn, octets: bytes) -> Turn:
    code = octets.decode("latin-1").rsplit("\r\n", 2)[-2:-1] or [octets.decode("latin-1")]
    last_code = code[0][:3]
    recipients = turn.recipients
    if turn.verb == "RCPT" and last_code.startswith("2"):
        recipients += 1
    elif turn.verb == "MAIL":
        recipients = 0
    return replace(
        turn,
        replies_owed=max(turn.replies_owed - 1, 0),
        last_code=last_code,
        recipients=recipients,
        pipelining=turn.pipelining or b"PIPELINING" in octets.upper(),
    )
