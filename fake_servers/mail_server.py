"""This module owns the mail server of test suites: well-behaved, until rules or scripts say otherwise.

It is a ``Host`` whose connections are mail sessions, or dialogues of a script that was put in line for them.
"""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, Unpack

from fake_servers import limits
from fake_servers.behaviour import Behaviour
from fake_servers.certificates import Authority, shared_authority
from fake_servers.clock import Clock
from fake_servers.connection import Connection
from fake_servers.dialogue_text import dialogue_text
from fake_servers.host import Host, Performance
from fake_servers.house import House
from fake_servers.listeners import Listener, listen_on_tcp, listen_on_unix
from fake_servers.loosening import loosened
from fake_servers.mail_session import MailSession
from fake_servers.manners import Conduct
from fake_servers.messages import Mailbox, Message, Taker
from fake_servers.octets import printable
from fake_servers.player import Player, Stage
from fake_servers.recorder import Keeping, Recorder, Watcher
from fake_servers.rule_text import RuleSettings, build_rule
from fake_servers.rules import Rule, RuleBook, StandingRule
from fake_servers.steps import Dialogue, Script, Transport
from fake_servers.transcript import End

_KEEP_ALL = Keeping(events=limits.KEPT_EVENTS, octets=limits.KEPT_EVENT_OCTETS)
_KEEP_NOTHING = Keeping(events=0, octets=limits.KEPT_EVENT_OCTETS)


class Library(Protocol):
    """Finds what a name means; whoever reads files provides it."""

    def script(self, name: str, *, transport: Transport, lmtp: bool) -> Script:
        """Return the server's script of a scenario, as it is for this kind of server."""

    def behaviour(self, name: str) -> Behaviour:
        """Return what a preset or a file says."""


class MailServer(Host):
    """A well-behaved SMTP or LMTP server that misbehaves where it is told to.

    Args:
        conduct: what it offers and asks for.
        transport: TCP, implicit TLS, or a Unix socket.
        listener: where it listens; left out: a free port of this machine, or a Unix socket in a directory of its own.
        authority: issues its certificates; left out: one that all servers of this process share.
        library: finds scripts and presets by name.
        taker: is given each message, and none is kept.
        watcher: is told each event as it happens, and no transcript is kept.
        time_factor: multiplies every time in rules.
        connections: how many it serves at once.
        name: for messages.

    Attributes:
        clock: the time that rules see; ``clock.advance`` puts it forward.
        time_factor: as given.
    """

    def __init__(
        self,
        conduct: Conduct | None = None,
        *,
        transport: Transport = Transport.TCP,
        listener: Listener | None = None,
        authority: Authority | None = None,
        library: Library | None = None,
        taker: Taker | None = None,
        watcher: Watcher | None = None,
        time_factor: float = 1.0,
        connections: int = limits.CONNECTIONS,
        name: str = "mail server",
    ) -> None:
        self.conduct = self._first_conduct = conduct or Conduct()
        self.transport = transport
        recorder = Recorder(keeping=_KEEP_NOTHING if watcher else _KEEP_ALL, watcher=watcher)
        super().__init__(
            name=name,
            listener=listener or _listen(transport),
            recorder=recorder,
            lmtp=self.conduct.lmtp,
            flood_is_fault=False,
        )
        self.authority = authority or shared_authority()
        self.clock = Clock()
        self.time_factor = time_factor
        self._library = library
        self._rules = RuleBook(self.clock)
        self._dialogues: deque[Dialogue] = deque()
        self._repeated: tuple[Dialogue, ...] = ()
        self._mailbox = Mailbox(recorder, bound=limits.KEPT_OCTETS, taker=taker)
        self._connections = connections

    # What it does.

    def rule(self, at: str, reply: str | Sequence[str] | None = None, **settings: Unpack[RuleSettings]) -> StandingRule:
        """Misbehave: at this place reply so, or do what the settings say; rules are asked in the order of their giving.

        Raises:
            RuleError: the rule is written wrongly.
        """
        return self.add_rule(build_rule(at, reply, **settings))

    def add_rule(self, rule: Rule) -> StandingRule:
        """Put a rule behind all others."""
        return self._rules.add(rule)

    def preset(self, name: str | Behaviour) -> None:
        """Behave as a preset or a rule file says; connections that are open keep the settings that they began with.

        Raises:
            ValueError: it is about the other protocol.
        """
        behaviour = self._named(name).behaviour(name) if isinstance(name, str) else name
        if behaviour.lmtp not in {None, self.conduct.lmtp}:
            raise ValueError(f"{name} is about {'LMTP' if behaviour.lmtp else 'SMTP'}; this server speaks the other")
        self.conduct = replace(self.conduct, **behaviour.settings)
        for rule in behaviour.rules:
            self.add_rule(rule)

    def play(self, what: str | Script, *, exact: bool = False, repeat: bool = False) -> None:
        """Let the next connections play a script, each a dialogue; behind it, manners and rules hold again.

        Args:
            what: a script, or the id of a scenario.
            exact: whether the arguments of commands and the mail data are compared; left out: only verbs are.
            repeat: whether it begins again, for all connections to come.
        """
        if isinstance(what, str):
            script = self._named(what).script(what, transport=self.transport, lmtp=self.conduct.lmtp)
        else:
            script = what
        dialogues = script.dialogues if exact else tuple(map(loosened, script.dialogues))
        with self._recorder.changed:
            self._dialogues.extend(dialogues)
            self._repeated = dialogues if repeat else ()

    def behave(self) -> None:
        """Forget all rules, presets and scripts: be as at first from here on."""
        self.conduct = self._first_conduct
        self._rules.clear()
        with self._recorder.changed:
            self._dialogues.clear()
            self._repeated = ()

    def _named(self, name: str) -> Library:
        if self._library is None:
            message = f"this server was given no library in which to find {name!r}"
            raise LookupError(message)
        return self._library

    def _performance(self, connection: Connection) -> Performance:
        with self._recorder.changed:
            if not self._dialogues:
                self._dialogues.extend(self._repeated)
            dialogue = self._dialogues.popleft() if self._dialogues else None
        if dialogue is not None:
            stage = Stage(authority=self.authority, recorder=self._recorder, time_factor=self.time_factor)
            return Player(connection, dialogue, stage)
        return MailSession(connection, self._house())

    def _house(self) -> House:
        return House(
            conduct=self.conduct,
            implicit_tls=self.transport is Transport.TLS,
            rules=self._rules,
            mailbox=self._mailbox,
            authority=self.authority,
            recorder=self._recorder,
            time_factor=self.time_factor,
            open_connections=self._open_connections,
            connections=self._connections,
        )

    def _open_connections(self, number: int) -> int:
        with self._recorder.changed:
            return sum(1 for other in self._lines if other <= number)

    # What it has seen.

    @property
    def messages(self) -> Sequence[Message]:
        """The messages that it has taken."""
        return self._mailbox.messages

    @property
    def taken(self) -> int:
        """How many messages it has taken, kept or not."""
        return self._mailbox.count

    @property
    def message(self) -> Message:
        """The one message that it has taken.

        Raises:
            AssertionError: there is none, or more than one; with the dialogue.
        """
        __tracebackhide__ = True
        messages = self.messages
        if len(messages) != 1:
            raise AssertionError(self._explained(f"one message was expected, there are {len(messages)}"))
        return messages[0]

    @property
    def rules(self) -> Sequence[StandingRule]:
        """Its rules, and how often each has applied."""
        return self._rules.standing

    @property
    def dialogue(self) -> str:
        """Everything that was said so far, as people read it."""
        return dialogue_text(self.transcript)

    @property
    def cut(self) -> Sequence[str]:
        """What the stop had to cut: connections that were still open, threads that did not end; one line each."""
        connections = [
            f"connection {number + 1}{self._last_line_of(number)}"
            for number, record in enumerate(self.transcript.connections)
            if record.end is End.CUT
        ]
        return [*connections, *self.transcript.faults]

    def _last_line_of(self, connection: int) -> str:
        said = [event for event in self.transcript.events if event.connection == connection and event.octets]
        if not said:
            return ""
        last = said[-1].octets.rstrip().rpartition(b"\n")[2]
        return f", after {said[-1].kind.value}: {printable(last)}"

    def wait_for(
        self, *, messages: int | None = None, connections: int | None = None, timeout: float = 5.0
    ) -> Sequence[Message]:
        """Wait until there are so many messages and connections; return the messages.

        Raises:
            AssertionError: there are not in time; with the dialogue.
        """
        __tracebackhide__ = True

        def there() -> bool:
            enough = messages is None or self._mailbox.count >= messages
            return enough and (connections is None or len(self.transcript.connections) >= connections)

        if not self._recorder.wait_until(there, timeout):
            wanted = {"messages": messages, "connections": connections}
            said = " and ".join(_counted(count, what) for what, count in wanted.items() if count is not None)
            made = len(self.transcript.connections)
            came = f"{_counted(self._mailbox.count, 'messages')} and {_counted(made, 'connections')}"
            raise AssertionError(self._explained(f"{said} expected within {timeout:g} s; there are {came}"))
        return self.messages

    def forget(self) -> None:
        """Forget the messages so far."""
        self._mailbox.clear()

    def _explained(self, message: str) -> str:
        return f"{message}\n\n{self.dialogue}"

    # How to reach it.

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port

    @property
    def ca_file(self) -> str:
        """The path of the certificate that its clients are to trust."""
        return self.authority.ca_file

    def client_context(self) -> ssl.SSLContext:
        """Return a context for clients that trusts this server."""
        context = ssl.create_default_context()
        self.authority.trust(context)
        return context

    def __repr__(self) -> str:
        where = self.path or f"{self.host}:{self.port}"
        return f"<{self.name} at {where}, {self._mailbox.count} messages>"


def _counted(count: int, things: str) -> str:
    return f"{count} {things if count != 1 else things[:-1]}"


def _listen(transport: Transport) -> Listener:
    return listen_on_unix(None, narrow=False) if transport is Transport.UNIX else listen_on_tcp()
