"""The mail transaction (RFC 5321 3.3): MAIL, RCPT, DATA, and what becomes of it when one of them fails.

This module owns what each reply means, the sending of mail data and the end of the transaction; it does not know
about how envelope commands are sent, how a message becomes an envelope, or about LMTP.

=============  =====  ===============  =======================================================
reply to       yes    a plain no       anything else
=============  =====  ===============  =======================================================
MAIL           2yz    4yz, 5yz: the    3yz: the server waits for something that will not come.
RCPT           2yz    transaction is   2yz to DATA, 3yz to the end of data: one reply too many
DATA           3yz    reset with RSET  was sent. 421, and what is no reply: the end.
end of data    2yz                     The connection is closed.
=============  =====  ===============  =======================================================
"""

from __future__ import annotations

from . import _extensions as extensions
from ._envelope import EnvelopeSession, with_our_steps
from ._exceptions import (
    DeliveryUnknown,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from ._mail_data import MailData
from ._paths import forward_path, reverse_path
from ._reply import is_intermediate, is_negative, is_positive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from email.message import Message

    from ._mail_data import Message as MessageText

    Refusals = dict[str, tuple[int, bytes]]


@with_our_steps
class MailSession(EnvelopeSession):
    """A session that can send mail."""

    # The data

    def data(self, msg: MessageText | MailData) -> tuple[int, bytes]:
        r"""Send the message with DATA.

        Args:
            msg: The message. In a ``str`` lone CR and LF become CRLF; bytes are not modified, but for
                transparency and a last line end where there is none.

        Returns:
            Code and text of the reply to the end of data.

        Raises:
            SMTPDataError: The server refused DATA, or refused the data before their end.
            UnicodeEncodeError: The message is a ``str`` and not ASCII. Nothing was sent.
            SMTPServerDisconnected: The connection was lost, or the reply is none that the end of data can
                have: nobody knows whether the mail was accepted.
        """
        self._send_mail_data(msg if isinstance(msg, MailData) else MailData(msg))
        code, text = self.getreply()
        self._forget_transaction()
        if not (is_positive(code) or is_negative(code)):
            self.close()
            raise DeliveryUnknown(code, text)
        return code, text

    def _send_mail_data(self, mail_data: MailData) -> None:
        """Send DATA and what follows; the reply to the end of data is still to come."""
        code, text = self._leave or self.docmd("DATA")
        if not is_intermediate(code):
            if not is_negative(code):
                self.close()
            raise SMTPDataError(code, text)
        try:
            for number, piece in enumerate(mail_data):
                if number or self._stream().has_left_over:  # what the server says at once has come with its 354
                    self._heed_early_reply()
                self.send(piece)
        except SMTPServerDisconnected as lost:
            if lost.last_reply is not None and is_negative(lost.last_reply[0]):
                raise SMTPDataError(*lost.last_reply) from lost
            raise
        except BaseException:  # half a message is out: nothing but its rest could follow
            self.close()
            raise

    def _heed_early_reply(self) -> None:
        """Stop if the server has not waited for the end of data (RFC 5321 4.1.1.4).

        Without the end of data the server can deliver nothing, so that a message that is reported as
        refused is not queued after all.
        """
        reply = self._unasked_reply()
        if reply is not None:
            self.close()
            lost = SMTPServerDisconnected(f"out of step: the server sent {reply} before the end of the mail data")
            lost.last_reply = reply
            raise lost

    # All of it

    def sendmail(
        self,
        from_addr: str,
        to_addrs: str | Iterable[str],
        msg: MessageText,
        mail_options: str | Iterable[str] = (),
        rcpt_options: str | Iterable[str] = (),
    ) -> Refusals:
        """Send a message to its recipients in one transaction.

        Args:
            from_addr: The reverse-path as an RFC 822 address; empty for a bounce.
            to_addrs: The recipients; a ``str`` is one recipient.
            msg: The message, as for ``data``. Its headers are neither read nor modified.
            mail_options: ESMTP options for MAIL; the size is added. Those not offered are left out.
            rcpt_options: ESMTP options for every RCPT.

        Returns:
            For each recipient that was refused, code and text of the reply. At least one was accepted.

        Raises:
            SMTPHeloError: The server accepted neither EHLO nor HELO.
            SMTPSenderRefused: The server refused MAIL.
            SMTPRecipientsRefused: Nobody got the mail.
            SMTPDataError: The server refused DATA or the data.
            SMTPNotSupportedError: ``SMTPUTF8`` is among the options, and not offered.
            ValueError: An address or an option is malformed, or not ASCII without ``SMTPUTF8``; or the message is
                a ``str`` and not ASCII. No transaction was begun.
            SMTPServerDisconnected: The connection was lost. After the end of data nobody knows whether the
                mail was accepted.

        After any but the last the connection is open and the transaction reset, except after a 421 or a reply
        out of turn, such as a refusal before the end of the data.
        """
        recipients = [to_addrs] if isinstance(to_addrs, str) else list(to_addrs)
        paths = [reverse_path(from_addr), *map(forward_path, recipients)]
        mail_data = MailData(msg)
        options = extensions.split_options(mail_options)
        recipient_options = extensions.split_options(rcpt_options)
        if not recipients:
            raise SMTPRecipientsRefused({})
        self.ehlo_or_helo_if_needed()
        encoding = self._encoding_for(options)
        if self.has_extn("size") and not extensions.includes(options, "SIZE"):
            options = [f"SIZE={mail_data.size}", *options]
        lines = self._envelope_lines(paths, options, recipient_options, encoding)
        try:
            if self._has_steps_of_its_own():
                content: MessageText | MailData = msg
                replies = self._step_by_step(from_addr, recipients, options, recipient_options)
            else:
                content = mail_data
                replies = self._replies_to(lines)
            self._name_sender(from_addr, replies)
            accepted, refused = self._name_recipients(recipients, replies)
            self._leave = next(replies, None)
            self._deliver(content, accepted, refused)
        except BaseException as error:
            self._abandon_transaction(error)
            raise
        return refused

    def _name_sender(self, sender: str, replies: Iterator[tuple[int, bytes]]) -> None:
        code, text = next(replies)
        if not is_positive(code):
            self._close_if_out_of_turn(code)
            raise SMTPSenderRefused(code, text, sender)

    def _name_recipients(
        self, recipients: Sequence[str], replies: Iterator[tuple[int, bytes]]
    ) -> tuple[list[str], Refusals]:
        accepted: list[str] = []
        refused: Refusals = {}
        for recipient, (code, text) in zip(recipients, replies, strict=False):  # behind them comes the reply to DATA
            if is_positive(code):
                accepted.append(recipient)
                continue
            refused[recipient] = (code, text)
            self._close_if_out_of_turn(code)
            if self.sock is None:
                # Nobody gets the mail, whatever was said before. A caller who takes those that are not
                # named here for served must not lose theirs.
                raise SMTPRecipientsRefused({name: refused.get(name, (code, text)) for name in recipients})
        if not accepted:  # counted by replies: a repeated address has one entry, and two refusals
            raise SMTPRecipientsRefused(refused)
        return accepted, refused

    def _deliver(self, msg: MessageText | MailData, accepted: Sequence[str], refused: Refusals) -> None:  # noqa: ARG002 - LMTP
        """Send the message; further refusals join *refused*. SMTP has one reply for all recipients."""
        code, text = self.data(msg)
        if not is_positive(code):
            raise SMTPDataError(code, text)

    def _close_if_out_of_turn(self, code: int) -> None:
        if not is_negative(code):
            self.close()

    def _abandon_transaction(self, error: BaseException) -> None:
        """Leave the connection without a transaction, or closed; the error is on its way to the caller."""
        if isinstance(error, SMTPServerDisconnected) or not isinstance(error, Exception):
            self.close()  # an interrupt leaves no time for another round trip
            return
        try:
            is_to_nobody = isinstance(error, (SMTPSenderRefused, SMTPRecipientsRefused))
            if self._finish_group(is_to_nobody=is_to_nobody) and not is_positive(self.rset()[0]):
                self.close()
        except Exception:  # noqa: BLE001 - the error that led here is the one that matters
            self.close()

    def send_message(
        self,
        msg: Message,
        from_addr: str | None = None,
        to_addrs: str | Iterable[str] | None = None,
        mail_options: str | Iterable[str] = (),
        rcpt_options: str | Iterable[str] = (),
    ) -> Refusals:
        """Send an ``email.message.Message`` with ``sendmail``.

        Bcc and Resent-Bcc are not transmitted; *msg* itself is left as it is. One set of Resent fields counts
        instead of the ordinary fields.

        Args:
            msg: The message.
            from_addr: The reverse-path; by default from Sender, or else From.
            to_addrs: The recipients; by default from all To, Cc and Bcc fields.
            mail_options: As for ``sendmail``.
            rcpt_options: As for ``sendmail``.

        Returns:
            As ``sendmail``.

        Raises:
            ValueError: There are several sets of Resent fields, or no sender in the fields.
            SMTPNotSupportedError: An address is not ASCII, and the server does not offer SMTPUTF8.
            SMTPException: As ``sendmail``.
        """
        from ._message import envelope_of, serialise  # noqa: PLC0415 - the email package costs more than all of this one

        sender, recipients = envelope_of(msg, from_addr, to_addrs)
        international = not all(address.isascii() for address in (sender, *recipients))
        options = extensions.split_options(mail_options)
        if international:
            for added in ("SMTPUTF8", "BODY=8BITMIME"):
                if not extensions.includes(options, extensions.keyword_of(added)):
                    options.append(added)
        return self.sendmail(sender, recipients, serialise(msg, international=international), options, rcpt_options)
