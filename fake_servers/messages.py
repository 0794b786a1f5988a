"""This module owns the messages that a mail server has taken: envelope, octets, and how they came."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import TypeAlias

from fake_servers.recorder import Recorder

Parameters: TypeAlias = Mapping[str, str | None]
"""The parameters of MAIL or RCPT: name in capitals and value, None without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """How a message came.

    Attributes:
        connection: number of the connection, 0 for the first.
        protocol: ``SMTP``, ``ESMTP`` or ``LMTP``.
        hello: the name that the client gave itself.
        tls: the protocol version (``TLSv1.3``); empty without TLS.
        server_name: the name that the client asked for (SNI); empty without.
        client_certificate: the common name of the client's certificate; empty without.
        user: who was authenticated; empty without.
        mechanism: how; empty without.
        source_address: where from; empty for a Unix socket.
        source_port: the client's port; 0 for a Unix socket.
    """

    connection: int
    protocol: str
    hello: str
    tls: str = ""
    server_name: str = ""
    client_certificate: str = ""
    user: str = ""
    mechanism: str = ""
    source_address: str = ""
    source_port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that the server has taken.

    Attributes:
        sender: the reverse-path, without brackets.
        recipients: for whom it was taken, in the order of the RCPT commands.
        raw: the octets, with transparency undone and CRLF line ends.
        session: how it came.
        sender_parameters: of MAIL.
        recipient_parameters: of RCPT, for each recipient.
        refused: LMTP: recipients that were refused behind the mail data.
        acknowledged: whether the client was told that it was taken.
    """

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    session: SessionFacts
    sender_parameters: Parameters = field(default_factory=dict)
    recipient_parameters: tuple[Parameters, ...] = ()
    refused: tuple[str, ...] = ()
    acknowledged: bool = True

    @property
    def parsed(self) -> EmailMessage:
        """The message as ``email`` reads it, parsed anew each time."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def subject(self) -> str:
        """Its subject; empty without one."""
        return str(self.parsed["Subject"] or "")

    @property
    def text(self) -> str:
        """Its plain text, or the HTML where there is no plain text; empty without either."""
        body = self.parsed.get_body(("plain", "html"))
        return str(body.get_content()) if body is not None else ""

    def __str__(self) -> str:
        return f"<{self.sender}> to {', '.join(f'<{one}>' for one in self.recipients)}: {self.subject!r}"


Taker: TypeAlias = Callable[[Message], None]
"""Is given each message as it is taken."""


class Mailbox:
    """The messages of a server.

    Args:
        recorder: whose condition tells others that something has changed.
        bound: how many octets are kept at most.
        taker: is given each message, which is not kept then.
    """

    def __init__(self, recorder: Recorder, *, bound: int, taker: Taker | None = None) -> None:
        self._recorder = recorder
        self._bound = bound
        self._taker = taker
        self._messages: list[Message] = []
        self._octets = 0
        self.count = 0

    def take(self, message: Message) -> bool:
        """Take a message; return whether there was room."""
        with self._recorder.changed:
            if self._taker is not None:
                if not self._given(self._taker, message):
                    return False
            elif self._octets + len(message.raw) > self._bound:
                return False
            else:
                self._octets += len(message.raw)
                self._messages.append(message)
            self.count += 1
            self._recorder.changed.notify_all()
            return True

    def _given(self, taker: Taker, message: Message) -> bool:
        try:
            taker(message)
        except OSError as error:  # no room, no right: the client is told to try again
            self._recorder.fault(f"a message could not be written: {error}")
            return False
        return True

    @property
    def messages(self) -> Sequence[Message]:
        """All of them, in the order in which they came."""
        with self._recorder.changed:
            return list(self._messages)

    def clear(self) -> None:
        """Forget them."""
        with self._recorder.changed:
            self._messages.clear()
            self._octets = self.count = 0
