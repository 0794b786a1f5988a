"""This module owns what a well-behaved server answers (RFC 5321, RFC 2033), and what it remembers of a session.

It neither reads nor writes: the session asks it for a reply, and tells it what the client was told in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fake_servers import limits
from fake_servers.envelopes import Envelope, read_envelope
from fake_servers.matching import GREETING_VERBS
from fake_servers.messages import Parameters

HOST_NAME = "fake.example.test"
"""What the servers call themselves."""

_MAIL_PARAMETERS = {
    "SIZE": "SIZE",
    "BODY": "8BITMIME",
    "SMTPUTF8": "SMTPUTF8",
    "RET": "DSN",
    "ENVID": "DSN",
    "AUTH": "AUTH",
}
_RECIPIENT_PARAMETERS = {"NOTIFY": "DSN", "ORCPT": "DSN"}
"""Which service extension brings a parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """What a well-behaved server offers and asks for.

    Attributes:
        lmtp: whether it speaks LMTP.
        host_name: what it calls itself.
        extensions: what it offers besides SIZE, STARTTLS and AUTH, in this order.
        size: octets of the largest message.
        recipients: for one message.
        mechanisms: that it offers; none: no AUTH.
        users: who has which password; empty: everybody is let in, whatever the password.
        starttls: whether it offers STARTTLS.
        requires_tls: whether it takes mail only under TLS.
        requires_authentication: whether it takes mail only from the authenticated.
        patience: seconds for which it waits for its client.
    """

    lmtp: bool = False
    host_name: str = HOST_NAME
    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES")
    size: int = limits.MESSAGE_OCTETS
    recipients: int = limits.RECIPIENTS
    mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN", "CRAM-MD5")
    users: Mapping[str, str] = field(default_factory=dict)
    starttls: bool = True
    requires_tls: bool = False
    requires_authentication: bool = False
    patience: float = limits.IDLE_SECONDS


@dataclass(slots=True, kw_only=True)
class Transaction:
    """A mail transaction (RFC 5321 section 3.3)."""

    sender: str
    parameters: Parameters
    recipients: list[str] = field(default_factory=list)
    recipient_parameters: list[Parameters] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Manners:
    """What a well-behaved server answers in one session.

    Attributes:
        conduct: what it offers and asks for.
        encrypted: whether TLS was negotiated.
        hello: the name that the client gave itself; empty before.
        extended: whether it greeted with EHLO or LHLO.
        user: who is authenticated; empty without.
        mechanism: how.
        transaction: the one that is open; None without.
        turned_away: whether the client was refused with the greeting (RFC 5321 section 3.1).
    """

    conduct: Conduct
    encrypted: bool = False
    hello: str = ""
    extended: bool = False
    user: str = ""
    mechanism: str = ""
    transaction: Transaction | None = None
    turned_away: bool = False

    def reply_to(self, verb: str, arguments: str) -> str | list[str]:
        """Return the reply to a command; for AUTH the one that refuses it, empty if it may go on."""
        if self.turned_away and verb != "QUIT":
            return "503 5.5.1 Say QUIT: you were refused with the greeting"
        answer = _ANSWERS.get(verb)
        return answer(self, arguments) if answer else f"500 5.5.2 {verb[:20]!a} is no command here"

    def heed(self, verb: str, arguments: str, *, positive: bool) -> None:
        """Take note of what the client was told."""
        effect = _EFFECTS.get(verb)
        if positive and effect:
            effect(self, arguments)
        if positive and verb in GREETING_VERBS:
            self.extended = verb != "HELO"

    @property
    def offers(self) -> list[str]:
        """The service extensions that EHLO offers now."""
        offered = [f"SIZE {self.conduct.size}", *self.conduct.extensions]
        if self.conduct.starttls and not self.encrypted:
            offered.append("STARTTLS")
        if self.conduct.mechanisms and (self.encrypted or not self.conduct.requires_tls):
            offered.append(f"AUTH {' '.join(self.conduct.mechanisms)}")
        return offered

    @property
    def protocol(self) -> str:
        """The name of the protocol, for people."""
        return "LMTP" if self.conduct.lmtp else "ESMTP" if self.extended else "SMTP"

    def tls_began(self) -> None:
        """Forget what was said in clear (RFC 3207 section 4.2)."""
        self.encrypted = True
        self.hello = self.user = self.mechanism = ""
        self.transaction = None

    # Commands, in the order in which they come.

    def _greeting(self, arguments: str, *, mine: bool, extended: bool) -> str | list[str]:
        if not mine:
            return f"500 5.5.1 This is {'LMTP: say LHLO' if self.conduct.lmtp else 'SMTP: say EHLO'}"
        if not arguments:
            return "501 5.5.4 Say your name, too"
        first = f"250 {self.conduct.host_name} greets you"
        return [first, *(f"250 {offer}" for offer in self.offers)] if extended else first

    def _ehlo(self, arguments: str) -> str | list[str]:
        return self._greeting(arguments, mine=not self.conduct.lmtp, extended=True)

    def _helo(self, arguments: str) -> str | list[str]:
        return self._greeting(arguments, mine=not self.conduct.lmtp, extended=False)

    def _lhlo(self, arguments: str) -> str | list[str]:
        return self._greeting(arguments, mine=self.conduct.lmtp, extended=True)

    def _starttls(self, arguments: str) -> str:
        if arguments:
            return "501 5.5.4 STARTTLS takes no argument"
        if not self.conduct.starttls or self.encrypted:
            return "503 5.5.1 TLS is there already" if self.encrypted else "502 5.5.1 No TLS here"
        return "220 2.0.0 Begin TLS"

    def _auth(self, arguments: str) -> str:
        mechanism = arguments.partition(" ")[0].upper()
        if self.user or self.transaction is not None:
            return "503 5.5.1 Not now: you are authenticated, or within a mail transaction"
        if mechanism not in self.conduct.mechanisms:
            return f"504 5.5.4 {mechanism[:20]!a} is no mechanism here"
        if self.conduct.requires_tls and not self.encrypted:
            return "538 5.7.11 STARTTLS first"
        return ""

    def _mail(self, arguments: str) -> str:
        refusal = self._not_yet() or ("503 5.5.1 A mail transaction is open: RSET ends it" if self.transaction else "")
        if refusal:
            return refusal
        envelope = _read("MAIL", arguments)
        if isinstance(envelope, str):
            return envelope
        return self._refusal_of(envelope, _MAIL_PARAMETERS) or "250 2.1.0 Sender is fine"

    def _not_yet(self) -> str:
        if not self.hello:
            return f"503 5.5.1 Say {'LHLO' if self.conduct.lmtp else 'EHLO'} first"
        if self.conduct.requires_tls and not self.encrypted:
            return "530 5.7.0 STARTTLS first"
        if self.conduct.requires_authentication and not self.user:
            return "530 5.7.0 Authentication required"
        return ""

    def _refusal_of(self, envelope: Envelope, known: Mapping[str, str]) -> str:
        """Return the reply that refuses what an envelope asks for; empty if it is granted."""
        parameters = dict(envelope.parameters)
        offered = {offer.partition(" ")[0] for offer in self.offers} if self.extended else set()
        unknown = [name for name in parameters if known.get(name) not in offered]
        if unknown:
            return f"555 5.5.4 The parameter {unknown[0][:20]} is not known here"
        size = parameters.get("SIZE") or "0"
        if not size.isdecimal() or int(size[:20]) > self.conduct.size:
            return f"552 5.3.4 At most {self.conduct.size} octets"  # RFC 1870 section 6.1
        asked = "SMTPUTF8" in (self.transaction.parameters if self.transaction else parameters)
        return "" if str(envelope.path).isascii() or asked else "553 5.6.7 This address needs SMTPUTF8"

    def _rcpt(self, arguments: str) -> str:
        if self.transaction is None:
            return "503 5.5.1 MAIL comes first"
        envelope = _read("RCPT", arguments)
        if isinstance(envelope, str):
            return envelope
        if not envelope.path.local_part:
            return "501 5.1.3 A recipient has a name"
        if len(self.transaction.recipients) >= self.conduct.recipients:
            return "452 4.5.3 Too many recipients"  # RFC 5321 section 4.5.3.1.10
        return self._refusal_of(envelope, _RECIPIENT_PARAMETERS) or "250 2.1.5 Recipient is fine"

    def _data(self, arguments: str) -> str:
        if arguments:
            return "501 5.5.4 DATA takes no argument"
        if self.transaction is None:
            return "503 5.5.1 MAIL comes first"
        if not self.transaction.recipients:
            # RFC 2033 section 4.2: for LMTP it must be 503.
            return "503 5.5.1 No valid recipients" if self.conduct.lmtp else "554 5.5.1 No valid recipients"
        return "354 End with a line that has a single dot"

    def _rset(self, arguments: str) -> str:
        return "501 5.5.4 RSET takes no argument" if arguments else "250 2.0.0 Forgotten"

    def _noop(self, _arguments: str) -> str:
        return "250 2.0.0 Nothing done"

    def _vrfy(self, _arguments: str) -> str:
        return "252 2.5.0 Cannot tell, but will take a message"  # RFC 5321 section 3.5.3

    def _expn(self, _arguments: str) -> str:
        return "502 5.5.1 No lists here"

    def _help(self, _arguments: str) -> str:
        return "214 2.0.0 A fake server of smtp-conformance: nothing is delivered"

    def _quit(self, _arguments: str) -> str:
        return "221 2.0.0 Goodbye"

    # What follows from a positive reply.

    def _greeted(self, arguments: str) -> None:
        self.hello = arguments
        self.transaction = None

    def _sender_taken(self, arguments: str) -> None:
        envelope = _read("MAIL", arguments)
        path, parameters = _shown(envelope, arguments)
        self.transaction = Transaction(sender=path, parameters=parameters)

    def _recipient_taken(self, arguments: str) -> None:
        path, parameters = _shown(_read("RCPT", arguments), arguments)
        if self.transaction is not None:
            self.transaction.recipients.append(path)
            self.transaction.recipient_parameters.append(parameters)

    def _reset(self, _arguments: str) -> None:
        self.transaction = None


def path_of(verb: str, arguments: str) -> str:
    """Return the path of MAIL or RCPT without its brackets; what stands there if it is none."""
    return _shown(_read(verb, arguments), arguments)[0]


def declared_size(arguments: str) -> int:
    """Return what the parameter SIZE of MAIL declares; 0 without it."""
    envelope = _read("MAIL", arguments)
    value = "" if isinstance(envelope, str) else dict(envelope.parameters).get("SIZE") or ""
    return int(value[:20]) if value.isdecimal() else 0


def _read(verb: str, arguments: str) -> Envelope | str:
    """Return the envelope, or the reply that refuses it."""
    try:
        return read_envelope(verb, arguments)
    except ValueError as error:
        return f"501 5.5.4 {error}".encode("ascii", "replace").decode()


def _shown(envelope: Envelope | str, arguments: str) -> tuple[str, Parameters]:
    if isinstance(envelope, str):  # a rule has taken what the server would have refused
        return arguments.partition(":")[2].strip(), {}
    return str(envelope.path)[1:-1], dict(envelope.parameters)


_ANSWERS: Mapping[str, Callable[[Manners, str], str | list[str]]] = MappingProxyType(
    {
        "EHLO": Manners._ehlo,  # noqa: SLF001 - the class's own table
        "HELO": Manners._helo,  # noqa: SLF001
        "LHLO": Manners._lhlo,  # noqa: SLF001
        "STARTTLS": Manners._starttls,  # noqa: SLF001
        "AUTH": Manners._auth,  # noqa: SLF001
        "MAIL": Manners._mail,  # noqa: SLF001
        "RCPT": Manners._rcpt,  # noqa: SLF001
        "DATA": Manners._data,  # noqa: SLF001
        "RSET": Manners._rset,  # noqa: SLF001
        "NOOP": Manners._noop,  # noqa: SLF001
        "VRFY": Manners._vrfy,  # noqa: SLF001
        "EXPN": Manners._expn,  # noqa: SLF001
        "HELP": Manners._help,  # noqa: SLF001
        "QUIT": Manners._quit,  # noqa: SLF001
    }
)

_EFFECTS: Mapping[str, Callable[[Manners, str], None]] = MappingProxyType(
    {
        **dict.fromkeys(GREETING_VERBS, Manners._greeted),  # noqa: SLF001
        "MAIL": Manners._sender_taken,  # noqa: SLF001
        "RCPT": Manners._recipient_taken,  # noqa: SLF001
        "RSET": Manners._reset,  # noqa: SLF001
    }
)
