"""This module owns rules: when one applies, and which of several comes to its turn.

A rule is a place in the protocol, conditions, and actions. What an action does on the wire is the session's business,
how a rule is written down that of ``rule_text``.
"""

from __future__ import annotations

import enum
import random
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from fake_servers import limits, steps
from fake_servers.clock import Clock
from fake_servers.globs import matches
from fake_servers.matching import CommandPattern


class Place(enum.StrEnum):
    """Where in a session a rule applies."""

    CONNECT = "connect"
    """A client has connected; nothing was said, also no TLS negotiated."""
    TLS = "tls"
    """TLS is about to be negotiated: at once, or behind the reply to STARTTLS."""
    GREETING = "greeting"
    """The greeting is due."""
    COMMAND = "command"
    """A command line has come."""
    CREDENTIALS = "credentials"
    """The client has told who it is; the reply to it is due."""
    END_OF_DATA = "end of data"
    """The mail data are there; the reply to them is due. LMTP: once for each accepted recipient."""


class Scope(enum.StrEnum):
    """What a rule counts for itself."""

    SERVER = "server"
    CONNECTION = "connection"
    MESSAGE = "message"
    """A mail transaction."""
    CLIENT = "client"
    """A source address."""
    SENDER = "sender"
    RECIPIENT = "recipient"
    TRIPLE = "triple"
    """Client, sender and recipient together, as greylisting takes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What holds when a rule might apply.

    Attributes:
        place: where in the session.
        connection: 0 for the first of the server.
        client: the source address; empty for a Unix socket.
        line: the command line; empty elsewhere.
        transaction: how many mail transactions the connection has begun.
        sender: the reverse-path, without brackets; empty without a transaction.
        recipients: of the command RCPT, or those that the reply to the mail data is about.
        encrypted: whether TLS was negotiated.
        user: who is authenticated, or tries to; empty without.
        authenticated: whether the client is authenticated.
        open_connections: when this one was made, itself included.
        content: the mail data.
        size: their octets, or what SIZE declares; 0 where unknown.
        talked_early: whether the client spoke before the greeting.
    """

    place: Place
    connection: int
    client: str = ""
    line: bytes = b""
    transaction: int = 0
    sender: str = ""
    recipients: tuple[str, ...] = ()
    encrypted: bool = False
    user: str = ""
    authenticated: bool = False
    open_connections: int = 1
    content: bytes = b""
    size: int = 0
    talked_early: bool = False


_KEYS: dict[Scope, Callable[[Occasion], object]] = {
    Scope.SERVER: lambda _: None,
    Scope.CONNECTION: lambda occasion: occasion.connection,
    Scope.MESSAGE: lambda occasion: (occasion.connection, occasion.transaction),
    Scope.CLIENT: lambda occasion: occasion.client,
    Scope.SENDER: lambda occasion: occasion.sender,
    Scope.RECIPIENT: lambda occasion: occasion.recipients,
    Scope.TRIPLE: lambda occasion: (occasion.client, occasion.sender, occasion.recipients),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep(steps.ScriptStep):
    """Take the message into the mailbox, whatever the client is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trickle(steps.ScriptStep):
    """From here on send ``octets`` octets a segment, with ``seconds`` between two."""

    octets: int
    seconds: float


Action: TypeAlias = (
    steps.Reply
    | steps.Octets
    | steps.Pause
    | steps.Stall
    | steps.ReadOctets
    | steps.Flood
    | steps.Silence
    | steps.Close
    | steps.NegotiateTls
    | Keep
    | Trickle
)

_ANSWERS = steps.Reply | steps.Octets | steps.Flood | steps.Silence | steps.Close | steps.NegotiateTls
"""Behind one of these nothing is left to say: no further rule is asked, and the server's own answer is not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """More than ``count`` in ``seconds`` are too many."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """Which of the occasions that fit count.

    Attributes:
        per: what is counted for itself.
        nth: only this one, from 1.
        skip: not before so many have passed.
        times: so often, then never more.
        within: only for so many seconds since the first.
        rate: only where there are too many; those that it does not apply to make up the rate.
        chance: with this probability, from a generator with a fixed seed.
    """

    per: Scope = Scope.SERVER
    nth: int | None = None
    skip: int = 0
    times: int | None = None
    within: float | None = None
    rate: Rate | None = None
    chance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What must hold of an occasion; None: it does not matter."""

    tls: bool | None = None
    authenticated: bool | None = None
    talked_early: bool | None = None
    eight_bit: bool | None = None
    user: str | None = None
    sender: str | None = None
    recipient: str | None = None
    containing: str | None = None
    larger_than: int | None = None
    more_connections_than: int | None = None

    def hold(self, occasion: Occasion) -> bool:
        """Return whether all of them hold."""
        return self._facts_hold(occasion) and self._texts_hold(occasion) and self._sizes_hold(occasion)

    def _facts_hold(self, occasion: Occasion) -> bool:
        facts = (
            (self.tls, occasion.encrypted),
            (self.authenticated, occasion.authenticated),
            (self.talked_early, occasion.talked_early),
            (self.eight_bit, not occasion.content.isascii()),
        )
        return all(wanted is None or wanted is fact for wanted, fact in facts)

    def _texts_hold(self, occasion: Occasion) -> bool:
        content = "" if self.containing is None else occasion.content.decode("utf-8", "replace")
        texts = (
            (self.user, (occasion.user,)),
            (self.sender, (occasion.sender,)),
            (self.recipient, occasion.recipients),
            (None if self.containing is None else f"*{self.containing}*", (content,)),
        )
        return all(
            wanted is None or any(matches(wanted, text, ignoring_case=True) for text in given)
            for wanted, given in texts
        )

    def _sizes_hold(self, occasion: Occasion) -> bool:
        sizes = ((self.larger_than, occasion.size), (self.more_connections_than, occasion.open_connections))
        return all(bound is None or size > bound for bound, size in sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """At a place, under conditions, these actions.

    Attributes:
        place: where.
        pattern: which commands; None: any, and at other places.
        conditions: what must hold.
        counting: which of the fitting occasions count.
        actions: what the server does, in order.
        text: the rule in one line, for messages.
    """

    place: Place
    pattern: CommandPattern | None = None
    conditions: Conditions = field(default_factory=Conditions)
    counting: Counting = field(default_factory=Counting)
    actions: tuple[Action, ...]
    text: str = ""

    @property
    def answers(self) -> bool:
        """Whether the rule answers by itself; else it only delays or changes what comes."""
        return any(isinstance(action, _ANSWERS) for action in self.actions)

    def fits(self, occasion: Occasion) -> bool:
        """Return whether the rule is about this occasion, before anything is counted."""
        if occasion.place is not self.place:
            return False
        if self.pattern is not None and self.pattern.mismatch(occasion.line) is not None:
            return False
        return self.conditions.hold(occasion)


@dataclass(slots=True, kw_only=True)
class _Count:
    first_at: float
    seen: int = 0
    applied: int = 0
    passed: deque[float] = field(default_factory=deque)


class StandingRule:
    """A rule that a server has, and how often it has applied.

    Attributes:
        rule: the rule.
        applied: how often it has applied so far.
    """

    def __init__(self, rule: Rule, clock: Clock) -> None:
        self.rule = rule
        self.applied = 0
        self._clock = clock
        self._random = random.Random(rule.text)  # noqa: S311 - chance that comes out alike each time
        self._counts: OrderedDict[object, _Count] = OrderedDict()

    def __repr__(self) -> str:
        return f"<rule {self.rule.text!r}, applied {self.applied} times>"

    def see(self, occasion: Occasion) -> _Count | None:
        """Count an occasion that the rule fits; None if it does not."""
        if not self.rule.fits(occasion):
            return None
        key = _KEYS[self.rule.counting.per](occasion)
        if key not in self._counts and len(self._counts) >= limits.COUNTED_KEYS:
            self._counts.popitem(last=False)
        count = self._counts.setdefault(key, _Count(first_at=self._clock.now()))
        count.seen += 1
        return count

    def apply(self, count: _Count) -> bool:
        """Return whether the rule applies now, and count it if it does."""
        if not self._due(count) or not self._chosen(count):
            return False
        count.applied += 1
        self.applied += 1
        return True

    def _due(self, count: _Count) -> bool:
        counting = self.rule.counting
        if counting.nth is not None and count.seen != counting.nth:
            return False
        if count.seen <= counting.skip:
            return False
        if counting.times is not None and count.applied >= counting.times:
            return False
        return counting.within is None or self._clock.now() - count.first_at < counting.within

    def _chosen(self, count: _Count) -> bool:
        counting = self.rule.counting
        if counting.rate is not None and not self._too_fast(count.passed, counting.rate):
            return False
        return counting.chance is None or self._random.random() < counting.chance

    def _too_fast(self, passed: deque[float], rate: Rate) -> bool:
        now = self._clock.now()
        while passed and now - passed[0] >= rate.seconds:
            passed.popleft()
        if len(passed) >= rate.count:
            return True
        passed.append(now)
        return False


class RuleBook:
    """The rules of a server, in order; every method may be called from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._standing: list[StandingRule] = []

    def add(self, rule: Rule) -> StandingRule:
        """Put a rule behind all others."""
        standing = StandingRule(rule, self._clock)
        with self._lock:
            self._standing.append(standing)
        return standing

    def clear(self) -> None:
        """Forget all rules."""
        with self._lock:
            self._standing.clear()

    @property
    def standing(self) -> Sequence[StandingRule]:
        """All rules."""
        with self._lock:
            return tuple(self._standing)

    def decide(self, occasion: Occasion) -> tuple[Rule, ...]:
        """Return the rules that apply: those that only delay or change, and the first that answers, which is the last.

        All rules that fit count the occasion, also those that do not come to their turn.
        """
        with self._lock:
            seen = [(standing, standing.see(occasion)) for standing in self._standing]
            decided: list[Rule] = []
            for standing, count in seen:
                if count is not None and standing.apply(count):
                    decided.append(standing.rule)
                    if standing.rule.answers:
                        break
            return tuple(decided)
