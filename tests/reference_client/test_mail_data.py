from __future__ import annotations

import re
import tracemalloc
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_client import _mail_data as mail_data
from reference_client import quotedata
from reference_client._mail_data import MailData

Message = str | bytes


def wire(message: Message) -> bytes:
    return b"".join(MailData(message))


def received(octets: bytes) -> bytes:
    """The receiver's side, from RFC 5321 4.5.2: a lone dot ends the data, other leading dots are taken away."""
    lines = []
    for line in octets.split(b"\r\n"):
        if line == b".":
            break
        lines.append(line.removeprefix(b"."))
    else:
        pytest.fail("the data have no end")
    return b"\r\n".join([*lines, b""])


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (b"", b"\r\n.\r\n"),
        (b"line\r\n", b"line\r\n.\r\n"),
        (b"no line end", b"no line end\r\n.\r\n"),
        (b"line\r\n\r\n", b"line\r\n\r\n.\r\n"),
        (b"\r\nline\r\n", b"\r\nline\r\n.\r\n"),
        (b".", b"..\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"..\r\n", b"...\r\n.\r\n"),
        (b"a\r\n.\r\nb.\r\n", b"a\r\n..\r\nb.\r\n.\r\n"),
        (b"a\n.\nb", b"a\n..\nb\r\n.\r\n"),
        (b"a\r.\rb", b"a\r.\rb\r\n.\r\n"),
        (b"lone line feed\n", b"lone line feed\n\r\n.\r\n"),
        (b"lone return\r", b"lone return\r\r\n.\r\n"),
        (b"8 bits \xff\r\nFrom x\r\n", b"8 bits \xff\r\nFrom x\r\n.\r\n"),
    ],
)
def test_bytes_are_sent_as_they_are_but_for_transparency_and_the_last_line_end(message: bytes, expected: bytes) -> None:
    assert wire(message) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("", b"\r\n.\r\n"),
        ("a\nb\rc\r\nd", b"a\r\nb\r\nc\r\nd\r\n.\r\n"),
        ("a\n\rb\r\r\nc", b"a\r\n\r\nb\r\n\r\nc\r\n.\r\n"),
        ("\n.\r.", b"\r\n..\r\n..\r\n.\r\n"),
        ("a\x0b\x0c\x1c\x85b".replace("\x85", ""), b"a\x0b\x0c\x1cb\r\n.\r\n"),
    ],
)
def test_in_text_each_line_end_becomes_crlf(message: str, expected: bytes) -> None:
    assert wire(message) == expected


def test_bytearray_and_memoryview_are_bytes() -> None:
    assert b"".join(MailData(bytearray(b"x"))) == b"".join(MailData(memoryview(b"x"))) == b"x\r\n.\r\n"
    assert b"".join(MailData(memoryview(array("H", [0x7878])))) == b"xx\r\n.\r\n"


def test_text_outside_ascii_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        MailData("naïve")


@pytest.mark.parametrize("message", [None, 3, ["x"]])
def test_anything_else_is_refused(message: object) -> None:
    with pytest.raises(TypeError):
        MailData(message)  # type: ignore[arg-type]


pieces = st.integers(1, 7)
dotty_bytes = st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b"x", b"\xff"])).map(b"".join)
dotty_text = st.lists(st.sampled_from([".", "\r", "\n", "\r\n", "x"])).map("".join)


def wire_in_pieces(message: Message, size: int) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mail_data, "PIECE", size)
        return wire(message)


@given(dotty_bytes, pieces)
def test_the_size_of_the_pieces_makes_no_difference_to_bytes(message: bytes, size: int) -> None:
    assert wire_in_pieces(message, size) == wire(message)


@given(dotty_text, pieces)
def test_the_size_of_the_pieces_makes_no_difference_to_text(message: str, size: int) -> None:
    assert wire_in_pieces(message, size) == wire(message)


@given(dotty_text)
def test_the_receiver_gets_back_the_text_with_crlf(message: str) -> None:
    lines = re.split("\r\n|\r|\n", message)
    expected = "\r\n".join(lines if lines[-1] == "" and len(lines) > 1 else [*lines, ""])
    assert received(wire(message)) == expected.encode()


@given(st.lists(st.sampled_from([b".", b"x", b"\r\n"])).map(b"".join))
def test_the_receiver_gets_back_bytes_with_crlf(message: bytes) -> None:
    assert received(wire(message)) == (message if message.endswith(b"\r\n") else message + b"\r\n")


@given(dotty_bytes)
def test_the_end_of_data_stands_at_the_end_and_nowhere_else(message: bytes) -> None:
    """Neither as RFC 5321 has it, nor with the line ends that some servers take for one."""
    octets = wire(message)
    assert octets.endswith(b"\r\n.\r\n")
    assert re.search(rb"(?:\A|\n)\.\r?\n", octets[:-3]) is None


@given(st.one_of(dotty_bytes, dotty_text))
def test_the_size_is_that_of_the_octets_before_transparency(message: Message) -> None:
    octets = wire(message).removesuffix(b".\r\n")
    doubled = len(re.findall(rb"(?:\A|(?<=\n))\.", octets))
    assert MailData(message).size == len(octets) - doubled


def test_a_small_message_is_one_piece_with_the_end_of_data_in_it() -> None:
    assert len(list(MailData("Subject: x\n\nbody\n"))) == 1


@pytest.mark.parametrize("message", [b"x" * 79 + b"\r\n", b"." * 79 + b"\r\n"])
def test_a_large_message_needs_little_memory_beside_it(message: bytes) -> None:
    large = message * 100_000
    tracemalloc.start()
    try:
        for _ in MailData(large):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < len(large) / 10


def test_quotedata_gives_text_with_crlf_and_doubled_dots() -> None:
    assert quotedata("a\n.b\r..\rc") == "a\r\n..b\r\n...\r\nc"
