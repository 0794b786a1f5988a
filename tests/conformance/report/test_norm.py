"""Where clauses stand: every row of the catalogue leads to its place."""

from __future__ import annotations

import re

import pytest

from conformance.report.norm import in_words, sources_of
from conformance.scenario.model import Clause, Level
from tests.conformance.report.samples import CLAUSES


def clause(norm: str = "", rfc: str = "") -> Clause:
    return Clause(id="a.b", says="", level=Level.DOCUMENTED, norm=norm, rfc=rfc)


@pytest.mark.parametrize(
    ("lines", "anchor"),
    [
        ("1-9", "module-smtplib"),
        ("23", "smtplib.SMTP"),
        ("110", "smtplib.LMTP"),
        ("249", "smtplib.SMTP.connect"),
        ("428", "smtplib.SMTP.sendmail"),
        ("437, 510", "smtplib.SMTP.sendmail"),
        ("498", "smtplib.SMTP.sendmail"),
        ("499", "smtplib.SMTP.send_message"),
        ("560", "smtp-example"),
    ],
)
def test_a_line_of_the_norm_leads_to_the_entry_that_it_is_in(lines: str, anchor: str) -> None:
    (source,) = sources_of(clause(norm=lines))
    assert source.address == f"https://docs.python.org/3.8/library/smtplib.html#{anchor}"
    assert source.words.startswith(f"{anchor}, line")


def test_an_rfc_leads_to_its_section() -> None:
    (source,) = sources_of(clause(rfc="5321 section 4.1.1.4"))
    assert source.address == "https://www.rfc-editor.org/rfc/rfc5321.html#section-4.1.1.4"
    assert source.words == "RFC 5321 section 4.1.1.4"


def test_every_clause_of_the_catalogue_has_words_and_a_sound_address() -> None:
    for found in CLAUSES.values():
        assert in_words(found)
        sources = list(sources_of(found))
        assert len(sources) == bool(found.norm) + bool(found.rfc), found
        for source in sources:
            assert re.fullmatch(r"https://[\w./-]+(#[\w.-]+)?", source.address), source
