"""Where PIPELINING is offered, MAIL, every RCPT and DATA go out in one write, and their replies are read behind it."""

from reference_client import *
from reference_client._commands import command_line
from reference_client._paths import forward_path, reverse_path
from reference_client._transaction import MailSession

_name_sender, _name_recipients, _docmd = MailSession._name_sender, MailSession._name_recipients, MailSession.docmd


def may_pipeline(session):
    return session.has_extn("pipelining")


def read_in_order(session, count):
    replies = []
    while len(replies) < count and session.sock is not None:
        replies.append(session.getreply())
    return replies + replies[-1:] * (count - len(replies))


def cause(sender, recipients, replies):
    """Return what the refusals of MAIL and of all recipients amount to; None if somebody was accepted."""
    if replies[0][0] >= 300:
        return SMTPSenderRefused(*replies[0], sender)
    if all(code >= 300 for code, _ in replies[1:-1]):
        return SMTPRecipientsRefused(dict(zip(recipients, replies[1:])))
    return None


def end_without_recipients(session):
    session.send(b".\r\n")
    session._awaited += 1
    session.getreply()


def name_sender(self, sender, options):
    self._held = sender, options
    if not may_pipeline(self):
        _name_sender(self, sender, options)


def name_recipients(self, recipients, options):
    if not may_pipeline(self):
        return _name_recipients(self, recipients, options)
    sender, mail_options = self._held
    self.command_encoding = self._encoding_for(mail_options)
    lines = [command_line("MAIL", " ".join([f"FROM:{reverse_path(sender)}", *self._only_offered(mail_options)]))]
    for recipient in recipients:
        lines.append(command_line("RCPT", " ".join([f"TO:{forward_path(recipient)}", *self._only_offered(options)])))
    lines.append(command_line("DATA"))
    self.send("".join(lines))
    self._awaited += len(lines)
    replies = read_in_order(self, len(lines))
    error = cause(sender, recipients, replies)
    if error is not None:
        if replies[-1][0] == 354:
            end_without_recipients(self)
        raise error
    self._data_reply = replies[-1]
    refused = {name: reply for name, reply in zip(recipients, replies[1:]) if reply[0] >= 300}
    return [name for name, (code, _) in zip(recipients, replies[1:]) if code < 300], refused


def docmd(self, cmd, args=""):
    reply, self._data_reply = (self.__dict__.get("_data_reply"), None) if cmd == "DATA" else (None, None)
    return reply or _docmd(self, cmd, args)


MailSession._name_sender, MailSession._name_recipients, MailSession.docmd = name_sender, name_recipients, docmd
