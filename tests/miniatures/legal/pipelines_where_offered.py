"""Where PIPELINING is offered, MAIL, every RCPT and DATA go out in one write, and their replies are read behind it."""

from reference_client import *
from reference_client import __all__
from reference_client._commands import command_line
from reference_client._paths import forward_path, reverse_path
from reference_client._transaction import MailSession


class Pipelining(MailSession):
    _data_reply = None

    def _may_pipeline(self):
        return self.has_extn("pipelining")

    def _step_by_step(self, sender, recipients, options, recipient_options):
        if not self._may_pipeline():
            yield from super()._step_by_step(sender, recipients, options, recipient_options)
            return
        self.command_encoding = self._encoding_for(options)
        mail = " ".join([f"FROM:{reverse_path(sender)}", *self._only_offered(options)])
        rcpts = [" ".join([f"TO:{forward_path(name)}", *self._only_offered(recipient_options)]) for name in recipients]
        lines = [command_line("MAIL", mail), *(command_line("RCPT", rcpt) for rcpt in rcpts), command_line("DATA", "")]
        self.send("".join(lines))
        self._awaited += len(lines)
        replies = self._read_in_order(len(lines))
        cause = self._cause(sender, recipients, replies)
        if cause is not None:
            if replies[-1][0] == 354:
                self._send_to_nobody()
            raise cause
        self._data_reply = replies[-1]
        yield from replies[:-1]

    def _read_in_order(self, count):
        replies = []
        while len(replies) < count and self.sock is not None:
            replies.append(self.getreply())
        return replies + replies[-1:] * (count - len(replies))

    def _cause(self, sender, recipients, replies):
        """Return what the refusals of MAIL and of all recipients amount to; None if somebody was accepted."""
        if replies[0][0] >= 300:
            return SMTPSenderRefused(*replies[0], sender)
        if all(code >= 300 for code, _ in replies[1:-1]):
            return SMTPRecipientsRefused(dict(zip(recipients, replies[1:])))
        return None

    def _send_to_nobody(self, text=b""):
        self.send(text + b".\r\n")
        self._awaited += 1
        self.getreply()

    def docmd(self, cmd, args=""):
        reply, self._data_reply = (self._data_reply, None) if cmd == "DATA" else (None, self._data_reply)
        return reply or super().docmd(cmd, args)


SMTP.__bases__ = (Pipelining,)
