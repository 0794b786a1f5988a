"""Replies (RFC 5321 4.2): bytes in, whole replies out.

This module owns the syntax of replies and the limits on their size; it does not know about sockets,
time, or what a reply means to the command before it.

``ReplyReader.next_reply`` returns a reply, None (more bytes needed) or raises.
"""

from __future__ import annotations

import re
from collections import namedtuple
from functools import lru_cache

# A limit is there to bound memory and time against a hostile server, not to enforce RFC 5321 4.5.3.1.5 (512
# octets), which servers break: 8192 is what every program written against the norm has lived with.
MAX_LINE = 8192
# HELP and EXPN are the long replies; a mailing list of this length would be expanded at RCPT, not by EXPN.
MAX_REPLY = 1_048_576

# RFC 5321 4.2: Reply-line, without the line end. The bare code is on the "MUST be acceptable" list there.
# Two deliberate departures: text may hold any octet but CR (8-bit and control characters are seen in the
# wild and "any text MUST be acceptable"), and any three digits match, so that a code out of range can be named.
_LINE = re.compile(rb"([0-9]{3})(?:([ -])([^\r]*))?")
_USUAL = re.compile(rb"(?:([2-5][0-9]{2})(?:-[^\r\n]*+\r\n\1)*+ [^\r\n]*+\r\n)+")
# RFC 5321 4.5.3.1.5 has as much for one line. More of it is not usual.
USUAL_LENGTH = 512


class Reply(namedtuple("Reply", ("code", "text"))):  # typing.NamedTuple costs a third of our import time
    """One whole reply: its code, and the texts of its lines joined by a line feed."""

    __slots__ = ()
    code: int
    text: bytes


def is_positive(code: int) -> bool:
    """Say whether a code is a positive completion.

    RFC 5321 4.3.2: a client MUST be prepared to go by the first digit alone.
    """
    return code // 100 == 2


def is_intermediate(code: int) -> bool:
    """Say whether a code is a positive intermediate: the server waits for more."""
    return code // 100 == 3


def is_negative(code: int) -> bool:
    """Say whether a code is a transient or a permanent negative: a plain no."""
    return code // 100 in {4, 5}


class MalformedReplyError(Exception):
    """What came is not a reply. No later byte of this connection can be trusted to begin one.

    Attributes:
        reply: Code and text to show to the caller. The code is never one that could pass for success: it is
            -1, or three digits that no reply may have.
    """

    def __init__(self, code: int, line: bytes) -> None:
        self.reply = Reply(code, line)


class OversizeReplyError(Exception):
    """A reply that passes a limit."""


# A server has few things to say, says them in whole segments, and says them again and again. For those this does in a
# tenth of the time what a ReplyReader does for all.
@lru_cache(maxsize=32)
def usual_replies(received: bytes) -> tuple[Reply, ...]:
    """Return the replies if the octets are whole replies in their usual form, and nothing else.

    An empty result says nothing: the octets are for a ReplyReader then, which reads the others in the same way.
    """
    if _USUAL.fullmatch(received) is None:
        return ()
    replies: list[Reply] = []
    texts: list[bytes] = []
    for line in received.split(b"\r\n")[:-1]:
        texts.append(line[4:].strip(b" \t"))
        if line[3:4] == b" ":
            replies.append(Reply(int(line[:3]), b"\n".join(texts)))
            texts = []
    return tuple(replies)


class ReplyReader:
    """Cuts received bytes into replies."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._code = 0  # of an unfinished reply
        self._texts: list[bytes] = []
        self._octets = 0

    def receive_data(self, data: bytes) -> None:
        """Add bytes that came from the server."""
        self._received += data

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left over: no bytes, no line of an unfinished reply."""
        return not (self._received or self._texts)

    @property
    def is_full(self) -> bool:
        """Whether more has come than a reply may have; what is behind it can wait."""
        return len(self._received) > MAX_REPLY

    def skip_blank(self) -> None:
        """Drop line ends in front of the next reply; between replies they say nothing."""
        if self._received:
            self._received = self._received.lstrip(b"\r\n")

    def next_reply(self) -> Reply | None:
        """Return the next whole reply, or None if its end has not come yet.

        Raises:
            MalformedReplyError: A line is not a reply line, or not one of the reply that it stands in.
            OversizeReplyError: A line, or the reply, is longer than its limit.
        """
        while (line := self._next_line()) is not None:
            if (reply := self._add(line)) is not None:
                return reply
        return None

    def _next_line(self) -> bytes | None:
        # RFC 5321 2.3.8 ends a line with CRLF only. A lone LF is taken too: servers send it, every client of
        # the norm has read it, and it cannot be mistaken for anything else. A lone CR ends nothing.
        end = self._received.find(b"\n")
        length = len(self._received) if end == -1 else end
        if length >= MAX_LINE:
            raise OversizeReplyError(f"a reply line is longer than {MAX_LINE} octets")
        if end == -1:
            return None
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return line.rstrip(b"\r")

    def _add(self, line: bytes) -> Reply | None:
        match = _LINE.fullmatch(line)
        if match is None:
            raise MalformedReplyError(-1, line)
        digits, separator, text = match.groups()
        code = int(digits)
        if not 200 <= code <= 599:  # RFC 5321 4.2.1: the first digit is 2 to 5
            raise MalformedReplyError(code, (text or b"").strip())
        if self._code not in {0, code}:  # RFC 5321 4.2.1: the code of all lines is the same
            raise MalformedReplyError(-1, line)
        self._code = code
        self._texts.append((text or b"").strip(b" \t"))
        self._octets += len(line)
        if separator != b"-":
            return self._finish()
        if self._octets > MAX_REPLY:
            raise OversizeReplyError(f"a reply is longer than {MAX_REPLY} octets")
        return None

    def _finish(self) -> Reply:
        reply = Reply(self._code, b"\n".join(self._texts))
        self._code = 0
        self._texts = []
        self._octets = 0
        return reply
