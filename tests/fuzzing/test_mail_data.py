"""What goes on the wire behind 354: the message, and one end of data."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fake_servers.octets import undo_transparency
from reference_client import _mail_data as mail_data
from reference_client._mail_data import MailData, quotedata
from tests.fuzzing.profiles import quick

_TOKENS = st.sampled_from(
    [b".", b"..", b"\r\n", b"\n", b"\r", b"x", b"\r\n.\r\n", b"\n.\n", b"MAIL FROM:<a@b>", b"\0", b"\xff"]
)
OCTETS = st.one_of(st.lists(_TOKENS, max_size=16).map(b"".join), st.binary(max_size=60))
TEXTS = OCTETS.map(lambda octets: octets.decode("latin-1").encode("ascii", "replace").decode())
_END = re.compile(rb"(?:^|\r?\n)\.\r?\n")


def sent(message: str | bytes) -> bytes:
    """Return what goes on the wire."""
    return b"".join(MailData(message))


def with_end(octets: bytes) -> bytes:
    """Return octets as a receiver is to get them: with a CRLF at the end."""
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


@given(OCTETS)
@example(b"\n.\r\nQUIT\r\n")
@example(b".")
@quick(200)
def test_the_end_of_data_comes_once_and_last_also_for_servers_that_take_a_line_feed_for_a_line_end(
    octets: bytes,
) -> None:
    """RFC 5321 4.5.2, and no smuggling: nothing within the message ends it, be a line end CRLF or LF."""
    wire = sent(octets)
    assert [found.end() for found in _END.finditer(wire)] == [len(wire)]


@given(OCTETS.filter(lambda octets: b"\n." not in octets.replace(b"\r\n.", b"")))
@quick(200)
def test_a_receiver_gets_the_octets_that_were_given(octets: bytes) -> None:
    """Transparency undone gives the message back, byte for byte; dots behind a lone LF are the one exception."""
    assert undo_transparency(sent(octets)[:-3]) == with_end(octets)


@given(TEXTS)
@quick(200)
def test_a_receiver_gets_the_text_with_crlf_for_every_line_end(text: str) -> None:
    """The norm: lone CR and LF of a text become CRLF, and no CR or LF stands alone on the wire."""
    wire = sent(text)
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", wire)
    assert undo_transparency(wire[:-3]) == with_end(re.sub(rb"\r\n|\r|\n", b"\r\n", text.encode()))


@given(st.one_of(OCTETS, TEXTS), st.integers(1, 80))
@quick(200)
def test_the_wire_is_the_same_however_the_message_is_cut(message: str | bytes, size: int) -> None:
    """Pieces are a matter of memory: where they are cut changes nothing on the wire."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail_data, "PIECE", size)
        in_pieces = sent(message)
    assert in_pieces == sent(message)


@given(st.one_of(OCTETS, TEXTS))
@quick(100)
def test_the_size_is_what_a_receiver_counts(message: str | bytes) -> None:
    """RFC 1870 4: all octets with their line ends, before transparency and without the end of data."""
    wire = sent(message)
    doubled = len(re.findall(rb"(?:^|\n)\.(?=\.)", wire[:-3]))
    assert len(wire) - 3 - doubled == MailData(message).size


@given(TEXTS)
@quick(100)
def test_quoted_data_are_what_is_sent(text: str) -> None:
    """``quotedata`` and the sending of mail data double the same dots."""
    assert with_end(quotedata(text).encode()) + b".\r\n" == sent(text)
