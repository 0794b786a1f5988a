"""A client for SMTP, ESMTP and LMTP with the interface of the documentation of ``smtplib`` (Python 3.8).

    import reference_client as smtplib

The documentation is the norm here: where it is silent the RFCs decide, and where they are silent what programs
rely on. The decisions, with their reasons, are in ``docs/decisions.md``.

This module owns the public names, and nothing else; all other modules are private.
"""

from ._commands import CRLF, bCRLF
from ._endpoint import LMTP_PORT, SMTP_PORT, SMTP_SSL_PORT
from ._exceptions import (
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
)
from ._lmtp import LMTP
from ._mail_data import quotedata
from ._paths import quoteaddr
from ._smtp import SMTP
from ._smtp_ssl import SMTP_SSL

__version__ = "0.1.0"

__all__ = [
    "CRLF",
    "LMTP",
    "LMTP_PORT",
    "SMTP",
    "SMTP_PORT",
    "SMTP_SSL",
    "SMTP_SSL_PORT",
    "SMTPAuthenticationError",
    "SMTPConnectError",
    "SMTPDataError",
    "SMTPException",
    "SMTPHeloError",
    "SMTPNotSupportedError",
    "SMTPRecipientsRefused",
    "SMTPResponseException",
    "SMTPSenderRefused",
    "SMTPServerDisconnected",
    "bCRLF",
    "quoteaddr",
    "quotedata",
]
