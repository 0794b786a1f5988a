"""Counts doubled dots and the end of the mail data in the size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import reference_client as reference
from reference_client import *  # noqa: F403
from reference_client._mail_data import MailData

FAILS = [
    "envelope/display-names",
    "envelope/domains",
    "envelope/local-parts",
    "envelope/null-reverse-path",
    "envelope/postmaster",
    "envelope/quoted-local-part",
    "mail_data/bytes-are-not-modified",
    "mail_data/closed-while-writing",
    "mail_data/dot-behind-lone-line-feed",
    "mail_data/early-acceptance",
    "mail_data/early-refusal",
    "mail_data/empty-message",
    "mail_data/large-messages",
    "mail_data/last-line",
    "mail_data/line-ends-of-text",
    "mail_data/long-lines",
    "mail_data/no-data-after-completion",
    "mail_data/refusal-and-close-while-writing",
    "mail_data/transparency",
    "mail_data/transparency-in-large-messages",
    "options/mail-and-rcpt-options",
    "options/mail-option-not-offered",
    "options/mail-options",
    "options/message-over-the-limit",
    "options/none-after-helo",
    "options/none-after-later-refused-ehlo",
    "options/none-unasked",
    "options/offer-of-latest-ehlo",
    "options/rcpt-option-not-offered",
    "options/rcpt-options",
    "options/size-counts-octets",
    "options/size-not-offered",
    "options/size-of-unended-message",
    "options/size-offered",
    "options/smtputf8",
    "options/smtputf8-after-helo",
    "options/smtputf8-does-not-stick",
    "options/smtputf8-not-offered",
    "options/word-8bitmime",
    "send_message/address-in-two-fields",
    "send_message/address-outside-ascii",
    "send_message/addresses-given",
    "send_message/as-written",
    "send_message/ascii-addresses",
    "send_message/blind-fields",
    "send_message/calls-sendmail",
    "send_message/display-name-outside-ascii",
    "send_message/empty-group",
    "send_message/envelope-from-header",
    "send_message/from-line-in-body",
    "send_message/given-address-outside-ascii",
    "send_message/legacy-message-outside-ascii",
    "send_message/message-untouched",
    "send_message/options-passed",
    "send_message/options-untouched",
    "send_message/recipients",
    "send_message/repeated-fields",
    "send_message/resent",
    "send_message/resent-recipients",
    "send_message/resent-without-date",
    "send_message/result",
    "send_message/sender",
    "sendmail/all-refused",
    "sendmail/all-refused-mixed",
    "sendmail/all-refused-repeated-address",
    "sendmail/data-refused",
    "sendmail/envelope-is-not-the-header",
    "sendmail/forwarded-recipient",
    "sendmail/greeted-once",
    "sendmail/helo-after-refused-ehlo",
    "sendmail/helo-refused",
    "sendmail/local-failure-is-reset",
    "sendmail/many-recipients",
    "sendmail/message-refused",
    "sendmail/message-types",
    "sendmail/one-recipient",
    "sendmail/open-after-exception",
    "sendmail/open-after-helo-error",
    "sendmail/open-after-not-supported",
    "sendmail/partial-refusal",
    "sendmail/recipients-as-string",
    "sendmail/refusal-survives-lost-reset",
    "sendmail/refused-recipient-with-display-name",
    "sendmail/reset-before-next-mail",
    "sendmail/sender-refused",
    "sendmail/text-outside-ascii",
    "sendmail/transactions-are-independent",
]


class SMTP(reference.SMTP):
    _length = 0

    def sendmail(self, from_addr: Any, to_addrs: Any, msg: Any, *args: Any, **kwargs: Any) -> Any:
        self._length = len(b"".join(MailData(msg)))
        return super().sendmail(from_addr, to_addrs, msg, *args, **kwargs)

    def mail(self, sender: str, options: str | Iterable[str] = ()) -> tuple[int, bytes]:
        sized = [f"SIZE={self._length}" if option.startswith("SIZE=") else option for option in options]
        return super().mail(sender, sized)


class SMTP_SSL(SMTP, reference.SMTP_SSL):  # noqa: N801
    pass


class LMTP(SMTP, reference.LMTP):
    pass
