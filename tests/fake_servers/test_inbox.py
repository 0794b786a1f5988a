"""What a client sends is read whole, octet by octet, and with octets behind it; the transcript gets each octet once."""

from __future__ import annotations

import pytest

from fake_servers import limits
from fake_servers.inbox import Inbox, Line
from fake_servers.octets import first_difference, printable, undo_transparency


class Told:
    """An inbox, and what it told others."""

    def __init__(self) -> None:
        self.events: list[bytes] = []
        self.lines: list[bytes] = []
        self.inbox = Inbox(self._record, self._arrived)

    def _record(self, octets: bytes) -> int:
        self.events.append(octets)
        return len(self.events) - 1

    def _arrived(self, line: Line) -> None:
        assert self.events[line.event] == line.octets
        self.lines.append(line.octets)

    def feed(self, octets: bytes, size: int) -> None:
        for start in range(0, len(octets), size):
            self.inbox.feed(octets[start : start + size])


SIZES = [1, 2, 3, 7, 1000]


@pytest.mark.parametrize("size", SIZES)
def test_lines_are_framed_wherever_segments_end(size: int) -> None:
    told = Told()
    told.feed(b"EHLO a\r\nNOOP\n\r\nrest", size)
    assert told.lines == [b"EHLO a\r\n", b"NOOP\n", b"\r\n"]
    told.inbox.feed(b"")
    assert told.events[-1] == b"rest"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("octets", "content"),
    [
        (b".\r\n", b""),
        (b"a\r\n.\r\n", b"a\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b".a\r\n.\r\n", b"a\r\n"),
        (b"a\n.\nb\r\n.\r\n", b"a\n.\nb\r\n"),
        (b"a\n.\r\nb\r\n.\r\n", b"a\n.\r\nb\r\n"),
        (b"a\r\n.\nb\r\n.\r\n", b"a\r\n\nb\r\n"),
        (b"\r\n\r\n.\r\n", b"\r\n\r\n"),
    ],
)
def test_mail_data_end_where_a_line_is_a_dot(octets: bytes, content: bytes, size: int) -> None:
    told = Told()
    told.inbox.begin_data()
    taken = None
    stream = octets + b"QUIT\r\n"
    for start in range(0, len(stream), size):
        told.inbox.feed(stream[start : start + size])
        taken = told.inbox.take_data() if taken is None else taken
    told.inbox.begin_lines()
    assert taken == content
    assert told.lines == [b"QUIT\r\n"]
    assert b"".join(told.events) == stream


@pytest.mark.parametrize("taken", range(1, 9))
def test_mail_data_end_also_where_a_part_was_taken_before(taken: int) -> None:
    told = Told()
    told.inbox.begin_data()
    told.inbox.feed(b"abc\r\n.\r\nQUIT\r\n")
    assert told.inbox.take_octets(taken) == b"abc\r\n.\r\n"[:taken]
    if not told.inbox.data_ended:
        told.inbox.take_data()
    told.inbox.begin_lines()
    assert told.lines == [b"QUIT\r\n"]


def test_lines_that_turn_out_to_be_mail_data_are_told_once() -> None:
    told = Told()
    told.inbox.feed(b"hi\r\n.\r\n")
    told.inbox.begin_data()
    assert told.inbox.take_data() == b"hi\r\n"
    assert told.events == [b"hi\r\n", b".\r\n"]


def test_a_line_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LINE_OCTETS", 10)
    told = Told()
    told.feed(b"x" * 25, 5)
    assert told.lines == [b"x" * 10, b"x" * 10]


def test_tls_is_no_line() -> None:
    told = Told()
    told.feed(b"NOOP\r\n\x16\x03\x01\n\r\n\n", 100)
    assert told.lines == [b"NOOP\r\n"]
    assert told.inbox.drop() == b"\x16\x03\x01\n\r\n\n"


def test_octets_are_shown_on_one_line() -> None:
    assert printable(b'a "b"\r\n\t\x00\xff\\') == 'a "b"\\r\\n\\t\\x00\\xff\\\\'
    assert printable(b"x" * 9, limit=4) == "xxxx… (9 octets)"


def test_only_crlf_begins_a_line_for_transparency() -> None:
    assert undo_transparency(b"..\n..\r\n..") == b".\n..\r\n."


def test_a_content_that_goes_on_says_so() -> None:
    assert first_difference(b"a\r\n", b"a\r\nb\r\n") == (
        'mail data of 3 octets with line 2 ""',
        'mail data of 6 octets with line 2 "b\\r\\n"',
    )
