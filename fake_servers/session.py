"""This module owns the facts of one session that follow from what was sent and received: who owes what to whom.

It follows the protocol (RFC 5321 section 4.1.4), not the script. It neither judges nor speaks.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from fake_servers.matching import GREETING_VERBS, arguments_of, verb_of
from fake_servers.replies import SentReply, offered_extensions

RESPONSE = "(response)"
"""Stands for the client's line behind a 334 challenge, which has no verb (RFC 4954 section 4)."""

MAIL_DATA = "(mail data)"
"""Stands for the end of the mail data, which a reply is owed for."""

_ENDS_TRANSACTION = GREETING_VERBS | {"RSET"}


@dataclass(slots=True, kw_only=True)
class Session:
    """What holds in one session now.

    Attributes:
        lmtp: whether the protocol is LMTP.
        greeted: whether the greeting was sent.
        welcome: whether it was positive.
        output_ended: whether the server says nothing more.
        encrypted: whether TLS was negotiated.
        owed: what has come and has no reply yet, by verb, in order.
        surplus: how many replies the client may have taken for those to its commands without their being so.
        offered: the service extensions offered last: EHLO keyword and parameters.
        greeting_replies: the last accepted reply to each greeting command.
        introduced: whether a greeting command was answered, in whatever way.
        in_authentication: whether a challenge was sent last.
        mail_refused: whether the last MAIL was refused.
        accepted_recipients: in this transaction.
        refused_recipients: in this transaction.
        utf8: whether SMTPUTF8 was asked for in this transaction.
        in_data: whether the client may send mail data.
        quit_received: whether QUIT has come.
        quit_answered: whether it was answered positively.
        noops: how many NOOPs courtesy has answered.
    """

    lmtp: bool
    greeted: bool = False
    welcome: bool = False
    output_ended: bool = False
    encrypted: bool = False
    owed: deque[str] = field(default_factory=deque)
    surplus: int = 0
    offered: dict[str, str] = field(default_factory=dict)
    greeting_replies: dict[str, bytes] = field(default_factory=dict)
    introduced: bool = False
    in_authentication: bool = False
    mail_refused: bool = False
    accepted_recipients: int = 0
    refused_recipients: int = 0
    utf8: bool = False
    in_data: bool = False
    quit_received: bool = False
    quit_answered: bool = False
    noops: int = 0

    # What the client sends.

    def kind_of(self, line: bytes) -> str:
        """Return the verb of a line, or that it is a response."""
        return RESPONSE if self.in_authentication and not self.owed else verb_of(line)

    def line_arrived(self, line: bytes) -> None:
        """Take note of a line."""
        kind = self.kind_of(line)
        self.owed.append(kind)
        if kind == "MAIL":
            self.utf8 = "SMTPUTF8" in arguments_of(line).upper().split(" ")
        elif kind in _ENDS_TRANSACTION:
            self.utf8 = False
        elif kind == "QUIT":
            self.quit_received = True

    def data_began(self) -> None:
        """Take note that what comes is mail data, also what was taken for commands."""
        self.in_data = True
        self.owed.clear()

    def data_arrived(self) -> None:
        """Take note of the end of the mail data."""
        self.in_data = False
        # LMTP: one reply for each accepted recipient (RFC 2033 section 4.2).
        count = max(self.accepted_recipients if self.lmtp else 1, 1)
        self.owed.extend([MAIL_DATA] * count)
        self.surplus += count - 1  # to a client that reads only one

    def tls_began(self) -> None:
        """Take note of TLS: what the server offered before is forgotten (RFC 3207 section 4.2)."""
        self.encrypted = True
        self.offered = {}
        self.utf8 = False
        self.owed.clear()

    # What the server sends.

    def reply_sent(self, reply: SentReply) -> None:
        """Take note of a reply."""
        if not self.greeted:
            self.greeted, self.welcome = True, reply.positive
            return
        if not self.owed:
            self.surplus += 1
        answered = self.owed.popleft() if self.owed else ""
        self.in_authentication = reply.code == "334" and answered in {"AUTH", RESPONSE}
        effect = _EFFECTS.get(answered)
        if effect is not None:
            effect(self, answered, reply)

    def _greeting_answered(self, verb: str, reply: SentReply) -> None:
        self.introduced = True
        if reply.positive:
            self.greeting_replies[verb] = reply.octets
            self.offered = {} if verb == "HELO" else offered_extensions(reply)
            self._forget_transaction()

    def _reset_answered(self, _verb: str, reply: SentReply) -> None:
        if reply.positive:
            self._forget_transaction()

    def _mail_answered(self, _verb: str, reply: SentReply) -> None:
        self.mail_refused = not reply.positive
        if not reply.positive:
            self.utf8 = False
        self.accepted_recipients = self.refused_recipients = 0

    def _recipient_answered(self, _verb: str, reply: SentReply) -> None:
        if reply.positive:
            self.accepted_recipients += 1
        else:
            self.refused_recipients += 1

    def _data_answered(self, _verb: str, reply: SentReply) -> None:
        self.in_data = reply.code == "354"

    def _mail_data_answered(self, _verb: str, _reply: SentReply) -> None:
        if MAIL_DATA not in self.owed:
            self._forget_transaction()

    def _quit_answered(self, _verb: str, reply: SentReply) -> None:
        self.quit_answered = reply.positive

    def _forget_transaction(self) -> None:
        # utf8 is known from the moment MAIL arrives; a pipelined MAIL may be ahead of this reply.
        self.utf8 = self.utf8 and "MAIL" in self.owed
        self.mail_refused = False
        self.accepted_recipients = self.refused_recipients = 0

    # What follows.

    @property
    def awaits_reply(self) -> bool:
        """Whether the client must know, however it counts replies, that one to a command of its own is to come.

        A client that took a reply that nobody asked for as the one to its command is out of step. It then goes on
        before the server has answered, or just behind, as chance has it: that is no second fault, and not this one.
        """
        return len(self.owed) > self.surplus

    @property
    def pipelining(self) -> bool:
        """Whether commands may come before the reply to the one before (RFC 2920)."""
        return "PIPELINING" in self.offered

    def refusal_carries_over(self, verb: str) -> bool:
        """Return whether this command may have been on its way when the server refused what it builds on.

        RFC 2920 section 3.1: a client that pipelines learns of a refused MAIL only behind its RCPT and DATA.
        """
        if not self.pipelining or verb not in {"RCPT", "DATA"}:
            return False
        return self.mail_refused or (verb == "DATA" and self.refused_recipients > 0 and not self.accepted_recipients)


_EFFECTS = {
    **dict.fromkeys(GREETING_VERBS, Session._greeting_answered),  # noqa: SLF001 - the class's own table
    "RSET": Session._reset_answered,  # noqa: SLF001
    "MAIL": Session._mail_answered,  # noqa: SLF001
    "RCPT": Session._recipient_answered,  # noqa: SLF001
    "DATA": Session._data_answered,  # noqa: SLF001
    "QUIT": Session._quit_answered,  # noqa: SLF001
    MAIL_DATA: Session._mail_data_answered,  # noqa: SLF001
}
