"""What the newsletter makes of a mail server's answers."""

from __future__ import annotations

import logging
import smtplib

from django.core import mail

from newsletter.models import Letter, State

_LOG = logging.getLogger(__name__)


class ServerUnavailableError(Exception):
    """The mail server wants to be left alone for now: the rest of the letters wait."""


def deliver_waiting() -> None:
    """Try to deliver each letter that waits; a letter that cannot be delivered now goes on waiting."""
    try:
        with mail.get_connection() as connection:
            for letter in Letter.objects.filter(state=State.WAITING).order_by("pk"):
                _deliver(letter, connection)
    except (ServerUnavailableError, OSError) as error:  # OSError: there is no connection, or no trust in it
        _LOG.warning("the newsletter waits: %s", error)


def _deliver(letter: Letter, connection: mail.backends.smtp.EmailBackend) -> None:
    letter.attempts += 1
    try:
        connection.send_messages([letter.as_email()])
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = refused.recipients[letter.recipient]
        _refused(letter, code, text)
    except smtplib.SMTPResponseException as refused:
        _refused(letter, refused.smtp_code, refused.smtp_error)
    except OSError as error:  # smtplib's own exceptions, TLS errors and lost connections are all of this kind
        _wait(letter, str(error))
        raise ServerUnavailableError(str(error)) from error
    else:
        letter.state, letter.trouble = State.SENT, ""
        letter.save()


def _refused(letter: Letter, code: int, text: bytes | str) -> None:
    said = f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
    if code == 421:
        _wait(letter, said)
        raise ServerUnavailableError(said)
    if 400 <= code < 500:
        _wait(letter, said)
        return
    letter.state, letter.trouble = State.REFUSED, said
    letter.save()


def _wait(letter: Letter, trouble: str) -> None:
    letter.trouble = trouble
    letter.save()
