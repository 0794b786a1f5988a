"""What the reference client makes of octets that a server sends: replies, or an error, within its bounds."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from reference_client._reply import MAX_LINE, MAX_REPLY, MalformedReplyError, OversizeReplyError, Reply, ReplyReader
from tests.fuzzing.profiles import quick

_ODD = st.sampled_from(
    [b"\r\n", b"\n", b"\r", b"250", b"250-", b"250 ", b"2", b"-", b" ", b"\0", b"421 ", b"999 x\r\n"]
)
_LINES = st.builds(
    lambda code, separator, text, end: b"%03d%b%b%b" % (code, separator, text, end),
    st.integers(0, 999),
    st.sampled_from([b" ", b"-", b"", b"\t"]),
    st.binary(max_size=20),
    st.sampled_from([b"\r\n", b"\n", b"\r\r\n", b"\r", b""]),
)
OCTETS = st.lists(st.one_of(_LINES, _ODD, st.binary(max_size=8)), max_size=12).map(b"".join)

Outcome = list[Reply] | tuple[list[Reply], str]


def read(octets: bytes, cuts: list[int]) -> Outcome:
    """Return the replies in octets that come in these pieces, and the error that ended them."""
    reader = ReplyReader()
    places = sorted({0, len(octets), *(cut % (len(octets) + 1) for cut in cuts)})
    replies: list[Reply] = []
    for start, end in pairwise(places):
        reader.receive_data(octets[start:end])
        try:
            while (reply := reader.next_reply()) is not None:
                replies.append(reply)
        except (MalformedReplyError, OversizeReplyError) as error:
            return replies, str(error)
    return replies


@given(OCTETS, st.lists(st.integers(0, 300), max_size=12))
@example(b"250-a\r\n250 b\r\n\r\n220 c\r\n", [6, 7])
@quick(100)
def test_octets_are_read_alike_however_they_are_cut(octets: bytes, cuts: list[int]) -> None:
    """Segment boundaries carry no meaning (TCP): the same replies, and the same error, come out of any pieces."""
    assert read(octets, cuts) == read(octets, [])


@given(OCTETS)
@quick(100)
def test_every_reply_stands_in_the_octets_as_whole_lines_of_one_code(octets: bytes) -> None:
    """A reply is never invented: each of its lines came, whole, with its code, and the last of them ended it."""
    outcome = read(octets, [])
    rest = octets
    for reply in outcome if isinstance(outcome, list) else outcome[0]:
        assert 200 <= reply.code <= 599
        for number, text in enumerate(reply.text.split(b"\n")):
            line, newline, rest = rest.partition(b"\n")
            assert newline, "a line without its end was taken for one"
            assert line.startswith(b"%d" % reply.code)
            assert line.rstrip(b"\r")[4:].strip(b" \t") == text
            assert (line[3:4] == b"-") == (number < reply.text.count(b"\n"))


@given(st.binary(min_size=1, max_size=4), st.sampled_from([b"", b"250-", b"250-x\r\n"]), st.integers(1, 70_000))
@example(b"250-a\r\n", b"", 16_384)
@example(b"x", b"250-", 1)
@quick(10)
def test_an_endless_reply_is_refused_before_it_costs_more_than_its_bound(unit: bytes, start: bytes, size: int) -> None:
    """Whatever is repeated without end, the reader keeps no more than its bound and one segment, and then refuses."""
    reader = ReplyReader()
    reader.receive_data(start)
    segment = (unit * (size // len(unit) + 1))[: max(size, 512)]
    received = len(start)
    try:
        while received < 2 * MAX_REPLY + 20 * MAX_LINE:
            reader.receive_data(segment)
            received += len(segment)
            while reader.next_reply() is not None:
                pass
            kept = len(reader._received) + sum(map(len, reader._texts))
            assert kept <= MAX_REPLY + MAX_LINE + len(segment)
    except (MalformedReplyError, OversizeReplyError):
        return
    assert reader.is_empty or kept < MAX_LINE, "a reply without end was read on and on"
