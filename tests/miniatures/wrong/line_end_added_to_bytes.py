"""Adds a line end to bytes although they end with one."""

import reference_client as reference
from reference_client import *
from reference_client import __all__

FAILS = [
    "debugging/any-octets",
    "lmtp/send-message",
    "low_level/step-by-step",
    "mail_data/bytes-are-not-modified",
    "mail_data/dot-behind-lone-line-feed",
    "mail_data/large-messages",
    "mail_data/last-line",
    "mail_data/line-ends-in-large-messages",
    "mail_data/transparency",
    "mail_data/transparency-in-large-messages",
    "send_message/address-outside-ascii",
    "send_message/as-written",
    "send_message/from-line-in-body",
    "send_message/legacy-message-outside-ascii",
    "send_message/unfolded-message",
    "sendmail/message-types",
    "tls/large-mail",
]


class SMTP(reference.SMTP):
    def data(self, msg: str | bytes) -> tuple[int, bytes]:
        return super().data(msg if isinstance(msg, str) else msg + b"\r\n")


class SMTP_SSL(SMTP, reference.SMTP_SSL):
    pass


class LMTP(SMTP, reference.LMTP):
    pass
