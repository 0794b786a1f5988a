"""This module owns random servers: scripts of the engine's own steps, legal and illegal, and how long they may take.

A server reads commands and answers each with something: a reply that fits or does not, in pieces, in drops, with others
beside it, nothing at all, or the end of the connection. It is bounded: whoever waits for it waits for its silence,
which the client's timeout ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from fake_servers import steps
from fake_servers.matching import parse_pattern, regular_expression
from fake_servers.steps import Certificate, Dialogue, Ending, Script, Step, Transport

TIMEOUT = 0.15
"""Seconds that the client waits; a silence costs so much, and a dribbled reply up to ten times as much."""

_TEXT = st.sampled_from(["ok", "", "2.0.0 ok", "é", "x" * 300, "AUTH PLAIN LOGIN CRAM-MD5", "STARTTLS", "=", "YQ=="])
_CODES = st.sampled_from([220, 221, 235, 250, 250, 250, 251, 334, 354, 354, 421, 450, 451, 500, 503, 535, 550, 554])
_ODD_LINES = [
    *(b"\r\n", b"\n", b"250", b"250\r\n", b"25", b"250-half\r\n", b"099 low\r\n", b"600 high\r\n", b"2500 long\r\n"),
    *(
        b"250 a\n",
        b"250\ttab\r\n",
        b"250-a\r\n251 b\r\n",
        b"hello\r\n",
        b"\0\0\0\r\n",
        b"\xff\xfe\r\n",
        b"250 ok\r250 ok\r\n",
    ),
    *(b"250 " + b"x" * 9000 + b"\r\n", b"250-x\r\n" * 50 + b"250 x\r\n"),
]
EXTENSIONS = (
    "SIZE 1000",
    "8BITMIME",
    "SMTPUTF8",
    "AUTH PLAIN LOGIN CRAM-MD5",
    "AUTH=LOGIN",
    "STARTTLS",
    "PIPELINING",
    "DSN",
)


def reply(code: int, *texts: str) -> bytes:
    """Return a reply as on the wire."""
    lines = [f"{code}{' ' if number == len(texts) else '-'}{text}\r\n" for number, text in enumerate(texts, 1)]
    return "".join(lines).encode()


REPLIES = st.builds(lambda code, texts: reply(code, *texts), _CODES, st.lists(_TEXT, min_size=1, max_size=3))
OFFERS = st.lists(st.sampled_from(EXTENSIONS), max_size=5, unique=True).map(lambda offers: reply(250, "me", *offers))
_FITTING = {
    "EHLO": OFFERS,
    "LHLO": OFFERS,
    "MAIL": st.just(reply(250, "sender ok")),
    "RCPT": st.sampled_from(
        [reply(250, "rcpt ok"), reply(250, "rcpt ok"), reply(550, "no such user"), reply(451, "later")]
    ),
    "DATA": st.just(reply(354, "go ahead")),
    "STARTTLS": st.just(reply(220, "go")),
    "AUTH": st.sampled_from([reply(235, "in"), reply(334, "YQ=="), reply(334, ""), reply(535, "no"), reply(334, "?")]),
}


_ENDS_OF_DATA = st.sampled_from(
    [reply(250, "queued"), reply(250, "q"), reply(250, ""), reply(554, "no"), reply(451, "not yet")]
)
_SOON_DRIPPED = 80
"""Octets that are sent in drops: more of them take their time."""


def _reply(octets: bytes) -> Step:
    return steps.Reply(octets=octets, label=repr(octets[:40]))


@st.composite
def tame(draw: st.DrawFn, octets: bytes) -> list[Step]:
    """Ways to send octets that carry no meaning: at once, cut, in drops."""
    way = draw(st.integers(0, 9))
    if way == 0 and len(octets) > 1:
        at = draw(st.integers(1, len(octets) - 1))
        return [steps.Pieces(pieces=(octets[:at], octets[at:]))]
    if way == 1 and len(octets) < _SOON_DRIPPED:
        return [steps.Dribble(octets=draw(st.integers(1, 4))), _reply(octets), steps.Dribble(octets=0)]
    return [_reply(octets)]


@st.composite
def wild(draw: st.DrawFn, octets: bytes) -> list[Step]:
    """What no server in its right mind does, where this reply was due."""
    cut = draw(st.integers(0, len(octets)))
    ending = draw(st.sampled_from([Ending.FIN, Ending.RST, Ending.HALF, Ending.NO_NOTIFY]))
    odd = draw(st.one_of(st.sampled_from(_ODD_LINES), st.sampled_from(_ODD_LINES), st.binary(max_size=30)))
    other = draw(REPLIES)
    ways: list[list[Step]] = [
        [steps.Close(ending=ending)],
        [_reply(octets), steps.Close(ending=ending)],
        [steps.Octets(octets=octets[:cut]), steps.Close(ending=ending)],
        [steps.Silence(reading=ending is not Ending.HALF)],
        [steps.Octets(octets=octets[:cut]), steps.Silence()],
        [steps.Pause(seconds=1.5 * TIMEOUT), _reply(octets)],
        [steps.Flood(octets=odd, times=draw(st.integers(1, 3000)))],
        [steps.NegotiateTls(cut=Ending.RST if ending is Ending.RST else Ending.FIN)],
        [steps.Octets(octets=odd)],
        [steps.Octets(octets=odd + octets)],
        [steps.Octets(octets=octets + odd)],
        [steps.Octets(octets=octets + other)],
        [_reply(octets), _reply(other)],
        [_reply(other)],
        [_reply(other)],
    ]
    return ways[draw(st.integers(0, len(ways) - 1))]


@st.composite
def answer(draw: st.DrawFn, verb: str, *, lmtp: bool, is_wild: bool) -> tuple[Step, ...]:
    """What is sent when a command has come."""
    octets = draw(_FITTING.get(verb, st.just(reply(250, "ok"))))
    sent = draw(wild(octets) if is_wild and verb != "DATA" else tame(octets))
    if verb == "STARTTLS":
        certificate = draw(st.sampled_from([Certificate.TRUSTED, Certificate.TRUSTED, Certificate.EXPIRED]))
        sent.append(steps.NegotiateTls(certificate=certificate))
    if verb == "DATA":
        if is_wild and draw(st.booleans()):
            return tuple(draw(wild(octets)))
        sent.append(steps.MailData(content=None))
        ends = [draw(_ENDS_OF_DATA) for _ in range(draw(st.sampled_from([3, 3, 2, 1])) if lmtp else 1)]
        for number, octets in enumerate(ends):
            last = number == len(ends) - 1
            sent += draw(wild(octets) if is_wild and last else tame(octets))
    return tuple(sent)


@st.composite
def exchange(draw: st.DrawFn, *, lmtp: bool, is_wild: bool) -> Step:
    """Read a command, and answer by what it is."""
    hello = "LHLO" if lmtp else "EHLO"
    branches = [
        (
            steps.Command(pattern=regular_expression(f"(?i){verb}.*"), label=f"C: {verb}"),
            *draw(answer(verb, lmtp=lmtp, is_wild=is_wild)),
        )
        for verb in (hello, "MAIL", "RCPT", "DATA", "STARTTLS", "AUTH")
    ]
    other = (
        steps.Command(pattern=parse_pattern("*"), label="C: *"),
        *draw(answer("*", lmtp=lmtp, is_wild=is_wild)),
    )
    return steps.Branches(branches=(*branches, other))


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomServer:
    """A script, and for how long a client may be kept.

    Attributes:
        script: what is played.
        within: seconds by which every call has ended.
    """

    script: Script
    within: float

    def __repr__(self) -> str:
        return "\n".join(map(_shown, self.script.dialogues[0].steps))


def _shown(step: Step, indent: str = "  ") -> str:
    if isinstance(step, steps.Branches):
        return "\n".join(f"{indent}| " + "; ".join(_shown(inner, "") for inner in branch) for branch in step.branches)
    octets = getattr(step, "octets", b"")
    told = repr(octets[:60]) if isinstance(octets, bytes) and octets else repr(step)
    return f"{indent}{type(step).__name__} {told}"


@st.composite
def servers(draw: st.DrawFn, *, lmtp: bool = False, transport: Transport = Transport.TCP) -> RandomServer:
    """Servers that play at most ten exchanges on one connection, and are courteous afterwards, or not."""
    count = draw(st.integers(0, 10))
    # Most servers are tame but for one or two moments: a server that is wild all the time is left at once.
    moments = draw(st.sets(st.integers(-1, 10), max_size=draw(st.sampled_from([0, 1, 1, 2, 10]))))
    ready = reply(220, "ready")
    greeting = draw(wild(ready) if -1 in moments else tame(ready))
    exchanges = [draw(exchange(lmtp=lmtp, is_wild=number in moments)) for number in range(count)]
    dialogue = Dialogue(steps=(*greeting, *exchanges), transport=transport, courteous=draw(st.booleans()))
    # Each reply may take ten timeouts; every call waits for a dozen commands at most. The rest is the machine's.
    return RandomServer(
        script=Script(dialogues=(dialogue,), lmtp=lmtp, name="random server"), within=12 * 10 * TIMEOUT + 10
    )
