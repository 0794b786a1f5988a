"""This module owns the exceptions of aiosmtplib under their names in the API of smtplib."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import aiosmtplib

from conformance.adapters.api import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
    octets_of,
)

_SAME_NAME: dict[type[Exception], type[SMTPResponseException]] = {
    aiosmtplib.SMTPConnectResponseError: SMTPConnectError,
    aiosmtplib.SMTPHeloError: SMTPHeloError,
    aiosmtplib.SMTPDataError: SMTPDataError,
    aiosmtplib.SMTPAuthenticationError: SMTPAuthenticationError,
    aiosmtplib.SMTPResponseException: SMTPResponseException,
}


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Let exceptions out by their names in the API."""
    try:
        yield
    except aiosmtplib.SMTPException as error:
        raise counterpart(error) from error


def counterpart(error: aiosmtplib.SMTPException) -> BaseException:
    """Return the exception of the API that says the same."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _refusal(error)
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return SMTPRecipientsRefused(
            {refused.recipient: (refused.code, octets_of(refused.message)) for refused in error.recipients}
        )
    if isinstance(error, aiosmtplib.SMTPTimeoutError):
        return SMTPTimeoutError(str(error))
    if isinstance(error, aiosmtplib.SMTPConnectError):
        return _why_not_connected(error)
    if isinstance(error, aiosmtplib.SMTPServerDisconnected):
        return SMTPServerDisconnected(str(error))
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return SMTPNotSupportedError(str(error))
    return SMTPException(str(error))


def _refusal(error: aiosmtplib.SMTPResponseException) -> SMTPResponseException:
    text = octets_of(error.message)
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return SMTPSenderRefused(error.code, text, error.sender)
    return next(ours for theirs, ours in _SAME_NAME.items() if isinstance(error, theirs))(error.code, text)


def _why_not_connected(error: aiosmtplib.SMTPConnectError) -> BaseException:
    """Return what the API raises where no connection comes about: the system's own error, which is the cause here."""
    cause = error.__cause__
    if isinstance(cause, aiosmtplib.SMTPServerDisconnected):
        return SMTPServerDisconnected(str(error))
    return cause if isinstance(cause, OSError) else SMTPServerDisconnected(str(error))
