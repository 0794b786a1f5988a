"""Mail data (RFC 5321 4.1.1.4, 4.5.2): from a message to what follows the 354 reply.

This module owns line ends, size and transparency; it does not know about headers, envelopes or sockets.

Everything works on pieces, one after the other, so that a message of any size costs a few pieces of memory.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeVar

    Message = str | bytes | bytearray | memoryview
    Slices = TypeVar("Slices", str, bytes | memoryview)

# Large enough that a system call per piece costs nothing, small enough to stay in a processor's cache.
PIECE = 131_072

_ANY_LINE_END = re.compile(r"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"\n\.")


class MailData:
    """A message to be sent: its size as RFC 1870 counts it, and its pieces as they go on the wire.

    A ``str`` is encoded as ASCII and its lone CR and LF become CRLF; bytes are not modified (norm: sendmail).
    A last line without CRLF gets one, since the end of data must follow a line end; a message without any
    line is given an empty one.

    Raises:
        UnicodeEncodeError: The message is a ``str`` with a character outside ASCII.
        TypeError: The message is neither ``str`` nor bytes.
    """

    def __init__(self, message: Message) -> None:
        if isinstance(message, str):
            if not message.isascii():
                message.encode("ascii")
            self._source: _Text | _Octets = _Text(message)
        else:
            self._source = _Octets(message if isinstance(message, bytes) else memoryview(message).cast("B"))

    @property
    def size(self) -> int:
        """Octets of the message with its line ends, without doubled dots and the end of data (RFC 1870 5)."""
        return self._source.size()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces for the wire: dots doubled, the end of data behind them."""
        pieces = self._source.pieces()
        if isinstance(pieces, bytes):  # all of it
            return iter([_with_doubled_dots(pieces, at_line_start=True) + _end_behind(pieces)])
        return _with_transparency(pieces)


class _Octets:
    """Bytes, sent as they are."""

    def __init__(self, octets: bytes | memoryview) -> None:
        self._octets = octets

    def size(self) -> int:
        return len(self._octets) + (0 if self._octets[-2:] == b"\r\n" else 2)

    def pieces(self) -> bytes | Iterator[bytes]:
        octets = self._octets
        return bytes(octets) if len(octets) <= PIECE else map(bytes, _slices(octets, b"\r\n"))


class _Text:
    """ASCII text, sent with CRLF at the end of each line."""

    def __init__(self, text: str) -> None:
        self._text = text

    def size(self) -> int:
        text = self._text
        lines = text.count("\n")
        if "\r" in text:
            lines += text.count("\r") - 2 * text.count("\r\n")
        return len(text) + lines + (0 if text.endswith(("\r", "\n")) else 2)

    def pieces(self) -> bytes | Iterator[bytes]:
        text = self._text
        return _as_octets(text) if len(text) <= PIECE else map(_as_octets, _slices(text, "\r\n"))


def _slices(whole: Slices, line_end: object) -> Iterator[Slices]:
    start = 0
    while start < len(whole):
        end = start + PIECE
        if whole[end - 1 : end + 1] == line_end:  # a CRLF is one line end, and stays in one piece
            end += 1
        yield whole[start:end]
        start = end


def _as_octets(text: str) -> bytes:
    return _with_crlf(text.encode("ascii"))


def _with_crlf(piece: bytes) -> bytes:
    if b"\r" in piece:
        if piece.count(b"\r") == piece.count(b"\n") == piece.count(b"\r\n"):
            return piece
        piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return piece.replace(b"\n", b"\r\n")


def _with_transparency(pieces: Iterable[bytes]) -> Iterator[bytes]:
    r"""Double each dot that begins a line, and add the end of data (RFC 5321 4.5.2); no piece ends within a CRLF.

    A dot behind a lone LF is doubled too. Bytes are sent with the line ends that they have, and some servers
    take a lone LF for a line end: undoubled, ``\n.\r\n`` would end the message there, and what follows it
    would be read as commands.
    """
    at_line_start = True  # the data begin behind the CRLF of DATA
    for piece in pieces:
        yield _with_doubled_dots(piece, at_line_start=at_line_start)
        at_line_start = piece.endswith(b"\n")
    yield _end_behind(piece)


def _end_behind(text: bytes) -> bytes:
    return b".\r\n" if text.endswith(b"\r\n") else b"\r\n.\r\n"


def _with_doubled_dots(piece: bytes, *, at_line_start: bool) -> bytes:
    # Base64, which most large mail is, has no dots, and one octet is found at the speed of memory. The pattern finds
    # two of them three times as fast as replace() does; and it finds none, in most mail.
    if b"." not in piece:
        return piece
    starts_with_dot = at_line_start and piece.startswith(b".")
    if _LEADING_DOT.search(piece):
        piece = piece.replace(b"\n.", b"\n..")
    return b"." + piece if starts_with_dot else piece


def quotedata(data: str) -> str:
    """Return text as it would go on the wire, without the end of data: line ends CRLF, dots doubled."""
    return re.sub(r"(?m)^\.", "..", _ANY_LINE_END.sub("\r\n", data))
