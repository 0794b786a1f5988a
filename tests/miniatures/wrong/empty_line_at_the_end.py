"""Ends the mail data with CRLF, dot and CRLF even where the message ends with CRLF."""

from collections.abc import Iterable

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "api/exported-names",
    "audit/send-mail-data",
    "debugging/any-octets",
    "disconnects/421-closes",
    "disconnects/421-ends-the-dialogue",
    "disconnects/421-reaches-the-caller",
    "disconnects/after-end-of-data",
    "disconnects/no-retry",
    "disconnects/refusal-with-hang-up",
    "disconnects/reset",
    "hello/helo-ends-esmtp",
    "hostile/endless-recipient-replies",
    "lmtp/421-amid-replies",
    "lmtp/all-refused-after-data",
    "lmtp/all-refused-between-the-stages",
    "lmtp/connection-lost-amid-replies",
    "lmtp/every-recipient-reply-is-read",
    "lmtp/low-level-data",
    "lmtp/missing-reply",
    "lmtp/one-recipient",
    "lmtp/one-recipient-refused-after-data",
    "lmtp/refused-after-data",
    "lmtp/repeated-mailbox",
    "lmtp/replies-for-accepted-only",
    "lmtp/second-message",
    "lmtp/send-message",
    "lmtp/surplus-reply",
    "low_level/data",
    "low_level/data-returns-the-last-reply",
    "low_level/step-by-step",
    "mail_data/bytes-are-not-modified",
    "mail_data/large-messages",
    "mail_data/last-line",
    "mail_data/line-ends-of-text",
    "mail_data/long-lines",
    "mail_data/transparency",
    "mail_data/transparency-in-large-messages",
    "pipelining/data-ends-a-group",
    "pipelining/replies-in-order",
    "replies/code-alone",
    "replies/code-decides",
    "replies/different-codes-in-one-reply",
    "replies/enhanced-status-codes",
    "replies/one-octet-at-a-time",
    "replies/other-positive-code",
    "replies/separator-behind-code",
    "replies/several-lines",
    "replies/three-digit-code",
    "replies/truncated-line",
    "replies/unknown-class",
    "send_message/address-outside-ascii",
    "send_message/as-written",
    "sendmail/envelope-is-not-the-header",
    "sendmail/message-types",
    "session/three-calls",
    "starttls/encrypts-what-follows",
    "timeouts/raises-socket-timeout",
    "timeouts/reply",
    "tls/large-mail",
    "tls/octet-by-octet",
    "tls/whole-transaction",
    "wire/long-address",
    "wire/one-command-at-a-time",
]


class SMTP(reference.SMTP):
    def _send_mail_data(self, mail_data: Iterable[bytes]) -> None:
        wire = b"".join(mail_data)
        super()._send_mail_data([wire[:-3] + b"\r\n.\r\n"])  # type: ignore[arg-type]


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
