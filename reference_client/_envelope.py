"""The envelope (RFC 5321 2.3.1): MAIL and RCPT, one by one for the caller, or all at once for ``sendmail``.

This module owns the options of an envelope and the order in which its commands are sent and answered; it does not
know about what the answers mean, or about mail data.

``sendmail`` reads the replies to MAIL, each RCPT and DATA as they come, and stops where one decides the matter. There
are three ways to get them:

==============  ====================================  =========================================================
way             a command is sent                     used
==============  ====================================  =========================================================
step by step    by its method                         where a program has methods of its own for these commands
line by line    as a line that was made beforehand    elsewhere: the methods would do all of it again
in a group      before the reply to the one before    with ``pipelining``, where the server offers it (RFC 2920)
==============  ====================================  =========================================================
"""

from __future__ import annotations

from operator import attrgetter

from . import _extensions as extensions
from ._authentication import AuthenticatedSession
from ._exceptions import SMTPNotSupportedError
from ._paths import forward_path, reverse_path
from ._reply import is_intermediate, is_negative, is_positive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeVar

    Kind = TypeVar("Kind", bound=type)

# Of a large group so much is written before the replies that have come are taken in. It must fit into the buffer of a
# socket that can be written to, on every system; and the replies to so few commands fit into any window.
_BLOCK = 2048

# What ``sendmail`` calls for each message. Programs put methods of their own in the place of ours.
_STEPS = ("mail", "rcpt", "data", "docmd", "putcmd", "send", "getreply")
_methods_of = attrgetter(*_STEPS)
_our_methods: set[tuple[object, ...]] = set()


def with_our_steps(kind: Kind) -> Kind:
    """Mark a class of ours: nobody notices where its methods for the steps are not called (a decorator)."""
    _our_methods.add(_methods_of(kind))
    return kind


class EnvelopeSession(AuthenticatedSession):
    """A session that can name sender and recipients.

    Attributes:
        pipelining: Beyond the norm: whether ``sendmail`` sends MAIL, RCPT and DATA in one group where the server
            offers PIPELINING (RFC 2920): two round trips for a message, whatever the number of its recipients. Off
            by default: results are the same, but a server sees RCPT and DATA also behind a refusal.
    """

    pipelining: bool = False
    _leave: tuple[int, bytes] | None  # the reply to a DATA that ``sendmail`` has sent already

    def mail(self, sender: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        """Begin a transaction with MAIL.

        Args:
            sender: The reverse-path as an RFC 822 address; empty for the null path.
            options: ESMTP options; one whose extension the server does not offer is left out. ``SMTPUTF8``
                lets the addresses of this transaction hold any character.

        Returns:
            Code and text of the reply.

        Raises:
            SMTPNotSupportedError: ``SMTPUTF8`` is among the options, and not offered. Nothing was sent.
            ValueError: The address or an option is malformed, or not ASCII. Nothing was sent.
        """
        wanted = extensions.split_options(options)
        encoding = self._encoding_for(wanted)
        arguments = " ".join([f"FROM:{reverse_path(sender)}", *self._only_offered(wanted)])
        self.command_encoding = encoding
        code, text = self.docmd("MAIL", arguments)
        self._forget_transaction()
        if is_positive(code):
            self.command_encoding = encoding
        return code, text

    def rcpt(self, recip: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        """Name one recipient with RCPT.

        Args:
            recip: The forward-path as an RFC 822 address.
            options: ESMTP options, as for ``mail``.

        Returns:
            Code and text of the reply.

        Raises:
            ValueError: The address or an option is malformed, or not ASCII. Nothing was sent.
        """
        offered = self._only_offered(extensions.split_options(options))
        return self.docmd("RCPT", " ".join([f"TO:{forward_path(recip)}", *offered]))

    def rset(self) -> tuple[int, bytes]:
        """Forget the transaction with RSET; return code and text of the reply."""
        self._forget_transaction()
        return self.docmd("RSET")

    def _forget_greeting(self) -> None:  # RFC 5321 4.1.4: EHLO and HELO imply RSET
        super()._forget_greeting()
        self._forget_transaction()

    def _forget_transaction(self) -> None:
        self.command_encoding = "ascii"
        self._leave = None

    def _encoding_for(self, options: Iterable[str]) -> str:
        if not extensions.includes(options, "SMTPUTF8"):
            return "ascii"
        if not self.has_extn("smtputf8"):
            raise SMTPNotSupportedError("SMTPUTF8 was asked for, but the server does not offer it")
        return "utf-8"

    def _only_offered(self, options: Iterable[str]) -> list[str]:
        return extensions.only_offered(options, self.esmtp_features)

    # The three ways

    def _envelope_lines(
        self, paths: Sequence[str], options: Sequence[str], recipient_options: Sequence[str], encoding: str
    ) -> list[bytes]:
        """Make the lines of MAIL, each RCPT and DATA; neither paths nor options can hold a line end by now.

        Raises:
            UnicodeEncodeError: A path or an option cannot be sent in this encoding.
        """
        first, *others = paths
        lines = [f"MAIL FROM:{first}{self._as_parameters(options)}\r\n".encode(encoding)]
        offered = self._as_parameters(recipient_options)
        lines += [f"RCPT TO:{path}{offered}\r\n".encode(encoding) for path in others]
        lines.append(b"DATA\r\n")
        return lines

    def _as_parameters(self, options: Sequence[str]) -> str:
        return " ".join(["", *self._only_offered(options)]) if options else ""

    def _replies_to(self, lines: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
        """Return the replies to the lines of an envelope, which may be sent as late as these are asked for."""
        if self.pipelining and self.has_extn("pipelining"):
            return self._in_a_group(lines)
        return self._in_lockstep(lines)

    def _in_lockstep(self, lines: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
        is_first = True
        for line in lines:
            yield self._exchange(line, is_first=is_first)
            is_first = False

    def _step_by_step(
        self, sender: str, recipients: Sequence[str], options: Sequence[str], recipient_options: Sequence[str]
    ) -> Iterator[tuple[int, bytes]]:
        """Return the replies to MAIL and each RCPT, as the methods give them; DATA is for ``data``."""
        yield self.mail(sender, options)
        for recipient in recipients:
            yield self.rcpt(recipient, recipient_options)

    def _has_steps_of_its_own(self) -> bool:
        """Say whether a subclass, or a program's test, has put a method of its own in place of one of ours."""
        return _methods_of(type(self)) not in _our_methods or not self.__dict__.keys().isdisjoint(_STEPS)

    # In a group

    def _in_a_group(self, lines: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
        """Send all of the lines; yield their replies in order (RFC 2920 3.1: DATA is the last of a group)."""
        first, *others = _blocks(lines)
        self._put(*first)
        for block in others:
            if not self._stream().await_room():
                break
            self._put(*block)
        stream = self._stream()
        for _ in lines:
            yield self.getreply()
            stream.skip_blank()

    def _finish_group(self, *, is_to_nobody: bool) -> bool:
        """Read the replies that are still to come when one has decided the matter; leave no DATA open.

        Args:
            is_to_nobody: Whether the sender, or each recipient whose reply was read, was refused.

        Returns:
            Whether the connection is still there.
        """
        code = 0
        while self._awaited:
            self._stream().skip_blank()
            is_to_nobody = is_to_nobody and not is_positive(code)  # of a recipient; the last reply is that to DATA
            code, _ = self.getreply()
        if is_intermediate(code) and is_to_nobody:
            self._send_to_nobody()
        elif code and not is_negative(code):  # an empty message would reach somebody
            self.close()
        return self.sock is not None

    def _send_to_nobody(self) -> None:
        """Answer a 354 where no recipient was accepted: RFC 2920 3.1 has the client send a single dot."""
        self._put(b".\r\n")
        self.getreply()


def _blocks(lines: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Join lines to blocks, of one line at least; return each with the number of its lines."""
    if len(whole := b"".join(lines)) <= _BLOCK:
        return [(whole, len(lines))]
    blocks: list[tuple[bytes, int]] = []
    block: list[bytes] = []
    octets = 0
    for line in lines:
        if block and octets + len(line) > _BLOCK:
            blocks.append((b"".join(block), len(block)))
            block, octets = [], 0
        block.append(line)
        octets += len(line)
    return [*blocks, (b"".join(block), len(block))]
