"""This module owns where a clause stands: the places of the norm and of the RFCs, in words and as addresses."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.scenario.model import Clause

NORM = "https://docs.python.org/3.8/library/smtplib.html"

# The line of the norm's source at which each place of the page begins.
_PLACES = (
    (1, "module-smtplib"),
    (23, "smtplib.SMTP"),
    (72, "smtplib.SMTP_SSL"),
    (110, "smtplib.LMTP"),
    (127, "smtplib.SMTPException"),
    (136, "smtplib.SMTPServerDisconnected"),
    (143, "smtplib.SMTPResponseException"),
    (151, "smtplib.SMTPSenderRefused"),
    (158, "smtplib.SMTPRecipientsRefused"),
    (165, "smtplib.SMTPDataError"),
    (170, "smtplib.SMTPConnectError"),
    (175, "smtplib.SMTPHeloError"),
    (180, "smtplib.SMTPNotSupportedError"),
    (187, "smtplib.SMTPAuthenticationError"),
    (205, "smtp-objects"),
    (213, "smtplib.SMTP.set_debuglevel"),
    (223, "smtplib.SMTP.docmd"),
    (239, "smtplib.SMTP.connect"),
    (252, "smtplib.SMTP.helo"),
    (263, "smtplib.SMTP.ehlo"),
    (278, "smtplib.SMTP.ehlo_or_helo_if_needed"),
    (287, "smtplib.SMTP.has_extn"),
    (293, "smtplib.SMTP.verify"),
    (305, "smtplib.SMTP.login"),
    (340, "smtplib.SMTP.auth"),
    (382, "smtplib.SMTP.starttls"),
    (428, "smtplib.SMTP.sendmail"),
    (499, "smtplib.SMTP.send_message"),
    (537, "smtplib.SMTP.quit"),
    (549, "smtp-example"),
)
_LINES = [line for line, _ in _PLACES]
_RFC = re.compile(r"(?:RFC )?(?P<number>\d{3,5})(?: section (?P<section>[\d.]*\d))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place that a clause stands in.

    Attributes:
        words: as ``smtplib.SMTP.login, line 305`` or ``RFC 5321 section 4.2``.
        address: of that place on the web.
    """

    words: str
    address: str


def sources_of(clause: Clause) -> Iterator[Source]:
    """Yield the places that settle a clause, the norm first; nothing for what only CPython's practice settles."""
    if clause.norm:
        yield _norm_source(clause.norm)
    for found in _RFC.finditer(clause.rfc):
        number, section = found["number"], found["section"]
        anchor = f"#section-{section}" if section else ""
        yield Source(
            words=f"RFC {number} section {section}" if section else f"RFC {number}",
            address=f"https://www.rfc-editor.org/rfc/rfc{number}.html{anchor}",
        )


def in_words(clause: Clause) -> str:
    """Return the places in a few words; for what only practice settles, whose."""
    norm = f"norm line{'s' * ('-' in clause.norm or ',' in clause.norm)} {clause.norm}" if clause.norm else ""
    rfc = f"RFC {clause.rfc}" if clause.rfc else ""
    return ", ".join(filter(None, (norm, rfc))) or "CPython 3.8 to 3.13"


def _norm_source(lines: str) -> Source:
    first = int(re.split(r"\D", lines, maxsplit=1)[0])
    place = _PLACES[bisect.bisect_right(_LINES, first) - 1][1]
    several = "s" if not lines.isdigit() else ""
    return Source(words=f"{place}, line{several} {lines}", address=f"{NORM}#{place}")
