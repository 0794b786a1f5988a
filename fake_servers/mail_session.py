"""This module owns one session of a mail server: it asks the rules first, and good manners where they say nothing.

How octets travel is the connection's business, who is right that of the rules.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fake_servers import limits, steps
from fake_servers.connection import Connection
from fake_servers.deadline import DeadlineExceededError
from fake_servers.house import House
from fake_servers.mail_stage import MailStage
from fake_servers.manners import Manners, Transaction, declared_size, path_of
from fake_servers.matching import arguments_of, verb_of
from fake_servers.messages import Message, SessionFacts
from fake_servers.octets import without_line_end
from fake_servers.reception import ClientEndedError, ConnectionOverError
from fake_servers.rule_text import written_reply
from fake_servers.rules import Action, Keep, Occasion, Place
from fake_servers.sasl import MECHANISMS, Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What rules and manners together say to one occasion.

    Attributes:
        actions: of the rules.
        reply: the server's own; empty where a rule answers.
        answered: whether a rule answers.
        code: of the reply that the client will see; empty for none.
    """

    actions: tuple[Action, ...]
    reply: bytes
    answered: bool
    code: str

    @property
    def parting(self) -> bool:
        """Whether the reply announces that the server closes (RFC 5321 section 3.8); raw octets announce nothing."""
        return self.code == "421" and not any(isinstance(action, steps.Octets) for action in self.actions)

    @property
    def positive(self) -> bool:
        """Whether the client is told that it is done."""
        return self.code.startswith("2")


class MailSession:
    """Plays one connection."""

    def __init__(self, connection: Connection, house: House) -> None:
        self._connection = connection
        self._house = house
        self._manners = Manners(conduct=house.conduct)
        self._transactions = 0
        self._junk = 0
        self._talked_early = False
        self._open_connections = house.open_connections(connection.number)
        self._stage = MailStage(connection, authority=house.authority, time_factor=house.time_factor)
        connection.patience = house.conduct.patience

    def report_leftovers(self) -> None:
        """Nothing is ever left over: no client owes this server anything."""

    def play(self) -> None:
        """Serve the client until it, a rule or the time ends the connection.

        Raises:
            StoppedError: the server is being stopped.
        """
        with contextlib.suppress(ClientEndedError, ConnectionOverError):
            try:
                self._open()
                while True:
                    line = self._connection.next_line("a command")
                    self._connection.take_line()
                    self._hear(line.octets)
            except DeadlineExceededError as error:
                self._give_up(error)

    def _give_up(self, error: DeadlineExceededError) -> None:
        self._connection.note(f"the server loses patience: {error}")
        self._connection.patience = min(self._connection.patience, limits.LEAVE_SECONDS)
        with contextlib.suppress(DeadlineExceededError):
            if not self._connection.session.in_data:
                self._stage.say(written_reply("421 4.4.2 Nothing came for too long"))
            self._stage.leave()
        self._connection.reset()

    # The beginning.

    def _open(self) -> None:
        if self._open_connections > self._house.connections:
            self._stage.say(written_reply("421 4.3.2 Too many connections"))
            self._stage.leave()
        verdict = self._verdict(self._occasion(Place.CONNECT), b"")
        self._act(verdict)
        if self._house.implicit_tls:
            self._negotiate()
        if not verdict.answered:
            kind = "LMTP" if self._house.conduct.lmtp else "ESMTP"
            greeting = written_reply(f"220 {self._house.conduct.host_name} {kind} ready")
            verdict = self._verdict(self._occasion(Place.GREETING), greeting)
            self._act(verdict)
            # What is read before the greeting leaves is owed an answer now; nothing has been read since.
            self._talked_early = bool(self._connection.session.owed)
        self._manners.turned_away = verdict.code[:1] in {"4", "5"}

    # Rules and manners.

    def _occasion(self, place: Place, **facts: Any) -> Occasion:
        transaction = self._manners.transaction
        known: dict[str, Any] = {
            "connection": self._connection.number,
            "client": self._house.recorder.transcript.connections[self._connection.number].peer.source_address,
            "transaction": self._transactions,
            "sender": transaction.sender if transaction else "",
            "encrypted": self._manners.encrypted,
            "user": self._manners.user,
            "authenticated": bool(self._manners.user),
            "open_connections": self._open_connections,
            "talked_early": self._talked_early,
        }
        return Occasion(place=place, **{**known, **facts})

    def _verdict(self, occasion: Occasion, reply: bytes) -> _Verdict:
        rules = self._house.rules.decide(occasion)
        actions = tuple(action for rule in rules for action in rule.actions)
        for rule in rules:
            self._connection.note(f"rule: {rule.text}")
        if any(rule.answers for rule in rules):
            return _Verdict(actions=actions, reply=b"", answered=True, code=_code_of(actions))
        return _Verdict(actions=actions, reply=reply, answered=False, code=_code(reply))

    def _act(self, verdict: _Verdict) -> None:
        self._stage.perform(verdict.actions)
        self._finish_reply(verdict)

    def _finish_reply(self, verdict: _Verdict) -> None:
        if verdict.reply:
            self._stage.say(verdict.reply)
        if verdict.parting:
            self._stage.leave()

    # TLS.

    def _negotiate(self) -> None:
        self._stage.perform(self._verdict(self._occasion(Place.TLS), b"").actions)
        if not self._connection.session.encrypted:
            self._stage.negotiate(steps.NegotiateTls())
        self._manners.tls_began()

    # Commands.

    def _hear(self, line: bytes) -> None:
        verb, arguments = verb_of(line), arguments_of(line)
        self._junk += 1
        if self._junk > limits.JUNK_COMMANDS:
            self._stage.say(written_reply("421 4.7.0 Too many commands that led to no message"))
            self._stage.leave()
        own = self._manners.reply_to(verb, arguments)
        verdict = self._verdict(self._occasion_of_command(line, verb, arguments), written_reply(own) if own else b"")
        self._stage.perform(verdict.actions)
        if verb == "MAIL" and verdict.positive:
            self._transactions += 1
        self._manners.heed(verb, arguments, positive=verdict.positive)
        self._finish_reply(verdict)
        follow = _FOLLOWS.get(verb)
        if follow is not None:
            follow(self, arguments, verdict)

    def _occasion_of_command(self, line: bytes, verb: str, arguments: str) -> Occasion:
        facts: dict[str, Any] = {"line": line}
        if verb == "MAIL":
            facts |= {"sender": path_of(verb, arguments), "size": declared_size(arguments)}
        elif verb == "RCPT":
            facts |= {"recipients": (path_of(verb, arguments),)}
        elif self._manners.transaction:
            facts |= {"recipients": tuple(self._manners.transaction.recipients)}
        return self._occasion(Place.COMMAND, **facts)

    def _after_quit(self, _arguments: str, verdict: _Verdict) -> None:
        if verdict.positive:
            self._stage.leave()

    def _after_starttls(self, _arguments: str, verdict: _Verdict) -> None:
        if verdict.code == "220":
            self._negotiate()

    # Authentication (RFC 4954 section 4).

    def _after_auth(self, arguments: str, verdict: _Verdict) -> None:
        if verdict.positive:  # a rule lets everybody in
            self._manners.user, self._manners.mechanism = "(unknown)", arguments.partition(" ")[0].upper()
        if not verdict.answered and not verdict.code:
            self._authenticate(arguments)

    def _authenticate(self, arguments: str) -> None:
        mechanism, _, initial = arguments.partition(" ")
        try:
            claim = self._claim(mechanism.upper(), initial.strip())
        except (binascii.Error, ValueError) as error:
            self._stage.say(written_reply(f"501 5.5.2 {error}".encode("ascii", "replace").decode()))
            return
        proven = claim is not None and self._proven(claim)
        own = (
            "501 5.7.0 Cancelled" if claim is None else "235 2.7.0 Welcome" if proven else "535 5.7.8 Wrong credentials"
        )
        user = claim.user if claim else ""
        verdict = self._verdict(self._occasion(Place.CREDENTIALS, user=user), written_reply(own))
        self._stage.perform(verdict.actions)
        if verdict.positive:
            self._manners.user, self._manners.mechanism = user, mechanism.upper()
        self._finish_reply(verdict)

    def _proven(self, claim: Claim) -> bool:
        users = self._house.conduct.users
        return not users or (claim.user in users and claim.proven_by(users[claim.user]))

    def _claim(self, mechanism: str, initial: str) -> Claim | None:
        """Ask for the credentials; None if the client cancels."""
        # RFC 4954 section 4: a single "=" is an initial response without octets.
        first = None if not initial else b"" if initial == "=" else base64.b64decode(initial, validate=True)
        exchange = MECHANISMS[mechanism](first)
        try:
            challenge = next(exchange)
            while True:
                self._stage.say(b"334 " + base64.b64encode(challenge) + b"\r\n")
                response = without_line_end(self._connection.next_line("the response to a challenge").octets)
                self._connection.take_line()
                if response == b"*":
                    return None
                challenge = exchange.send(base64.b64decode(response, validate=True))
        except StopIteration as told:
            claim: Claim = told.value
            return claim

    # Mail data.

    def _after_data(self, _arguments: str, verdict: _Verdict) -> None:
        if verdict.code != "354":
            return
        transaction = self._manners.transaction or Transaction(sender="", parameters={})
        size = self._house.conduct.size
        content = self._connection.read_data_within(size)
        self._manners.transaction = None
        refusal = written_reply(f"552 5.3.4 At most {size} octets") if content is None else b""
        self._take(transaction, content or b"", refusal)

    def _take(self, transaction: Transaction, content: bytes, refusal: bytes) -> None:
        together = tuple(transaction.recipients)
        groups = [(one,) for one in together] if self._house.conduct.lmtp and together else [together]
        own = refusal or written_reply("250 2.0.0 Taken")
        occasion = {"sender": transaction.sender, "content": content, "size": len(content)}
        verdicts = [
            (group, self._verdict(self._occasion(Place.END_OF_DATA, recipients=group, **occasion), own))
            for group in groups
        ]
        # The message is there before the client is told, so that a test finds it as soon as its client is done.
        if not refusal and not self._deposit(transaction, content, verdicts):
            full = written_reply("452 4.3.1 This server keeps no more mail")
            verdicts = [(group, _Verdict(actions=(), reply=full, answered=False, code="452")) for group in groups]
        for _, verdict in verdicts:
            self._act(verdict)

    def _deposit(
        self, transaction: Transaction, content: bytes, verdicts: list[tuple[tuple[str, ...], _Verdict]]
    ) -> bool:
        taken = [group for group, verdict in verdicts if verdict.positive or _keeps(verdict)]
        if not taken:
            return True
        recipients = tuple(one for group in taken for one in group)
        self._junk = 0
        self._connection.count_anew()
        return self._house.mailbox.take(
            Message(
                sender=transaction.sender,
                sender_parameters=transaction.parameters,
                recipients=recipients,
                recipient_parameters=tuple(
                    parameters
                    for one, parameters in zip(transaction.recipients, transaction.recipient_parameters, strict=True)
                    if one in recipients
                ),
                refused=tuple(one for group, verdict in verdicts if group not in taken for one in group),
                raw=content,
                session=self._facts(),
                acknowledged=all(verdict.positive for group, verdict in verdicts if group in taken),
            )
        )

    def _facts(self) -> SessionFacts:
        peer = self._house.recorder.transcript.connections[self._connection.number].peer
        return SessionFacts(
            connection=self._connection.number,
            protocol=self._manners.protocol,
            hello=self._manners.hello,
            tls=peer.tls,
            server_name=peer.server_name,
            client_certificate=peer.client_certificate,
            user=self._manners.user,
            mechanism=self._manners.mechanism,
            source_address=peer.source_address,
            source_port=peer.source_port,
        )


def _keeps(verdict: _Verdict) -> bool:
    return any(isinstance(action, Keep) for action in verdict.actions)


def _code_of(actions: tuple[Action, ...]) -> str:
    """Return the reply code of what is sent last; empty for none."""
    codes = [_code(action.octets) for action in actions if isinstance(action, steps.Reply | steps.Octets)]
    return codes[-1] if codes else ""


def _code(octets: bytes) -> str:
    """Return the reply code of the last line; empty if it is none."""
    lines = octets.splitlines()
    found = re.match(rb"([0-9]{3})(?: |$)", lines[-1]) if lines else None
    return found[1].decode() if found else ""


_FOLLOWS: Mapping[str, Callable[[MailSession, str, _Verdict], None]] = MappingProxyType(
    {
        "QUIT": MailSession._after_quit,  # noqa: SLF001 - the class's own table
        "STARTTLS": MailSession._after_starttls,  # noqa: SLF001
        "AUTH": MailSession._after_auth,  # noqa: SLF001
        "DATA": MailSession._after_data,  # noqa: SLF001
    }
)
