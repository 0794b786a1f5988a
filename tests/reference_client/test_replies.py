from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_client._reply import (
    MAX_LINE,
    MAX_REPLY,
    MalformedReplyError,
    OversizeReplyError,
    Reply,
    ReplyReader,
    is_intermediate,
    is_negative,
    is_positive,
    usual_replies,
)

REPLIES = [
    (b"250 ok\r\n", Reply(250, b"ok")),
    (b"250\r\n", Reply(250, b"")),
    (b"250 \r\n", Reply(250, b"")),
    (b"250-one\r\n250 two\r\n", Reply(250, b"one\ntwo")),
    (b"250-\r\n250\r\n", Reply(250, b"\n")),
    (b"550 5.1.1  No such user \r\n", Reply(550, b"5.1.1  No such user")),
    (b"250 lone line feed\n", Reply(250, b"lone line feed")),
    (b"250 two returns\r\r\n", Reply(250, b"two returns")),
    (b"550 caf\xe9 \x03\r\n", Reply(550, b"caf\xe9 \x03")),
    (b"421 bye\r\n", Reply(421, b"bye")),
]


def replies_in(*segments: bytes) -> list[Reply]:
    reader = ReplyReader()
    replies = []
    for segment in segments:
        reader.receive_data(segment)
        while (reply := reader.next_reply()) is not None:
            replies.append(reply)
    return replies


@pytest.mark.parametrize(("octets", "reply"), REPLIES)
class TestEveryReply:
    def test_is_read_whole(self, octets: bytes, reply: Reply) -> None:
        assert replies_in(octets) == [reply]

    def test_is_read_byte_by_byte(self, octets: bytes, reply: Reply) -> None:
        assert replies_in(*(octets[i : i + 1] for i in range(len(octets)))) == [reply]

    def test_is_read_with_bytes_behind_it(self, octets: bytes, reply: Reply) -> None:
        assert replies_in(octets + b"354 go") == [reply]
        assert replies_in(octets + b"354 go\r\n") == [reply, Reply(354, b"go")]

    def test_is_not_there_before_its_line_end(self, octets: bytes, reply: Reply) -> None:
        assert replies_in(octets[:-1]) == []
        assert replies_in(octets[:-1], octets[-1:]) == [reply]


MALFORMED = [
    (b"\r\n", -1),
    (b"ERROR\r\n", -1),
    (b"25\r\n", -1),
    (b"2500 ok\r\n", -1),
    (b"250ok\r\n", -1),
    (b"250\tok\r\n", -1),
    (b"250_ok\r\n", -1),
    (b"+25 ok\r\n", -1),
    (b" 25 ok\r\n", -1),
    (b"2_5 ok\r\n", -1),
    (b"-12 ok\r\n", -1),
    (b"22X ok\r\n", -1),
    (b"\xb2\xb5\xb0 ok\r\n", -1),
    ("٢٥٠ ok\r\n".encode(), -1),
    (b"250 ok\rlone return\r\n", -1),
    (b"250-ok\r\n550 no\r\n", -1),
    (b"250-ok\r\n\r\n", -1),
    (b"000 ok\r\n", 0),
    (b"100 ok\r\n", 100),
    (b"199 ok\r\n", 199),
    (b"600 ok\r\n", 600),
    (b"850 ok\r\n", 850),
]


@pytest.mark.parametrize(("octets", "code"), MALFORMED)
def test_what_is_no_reply_is_malformed_and_has_no_code_of_success(octets: bytes, code: int) -> None:
    with pytest.raises(MalformedReplyError) as caught:
        replies_in(octets)
    assert caught.value.reply.code == code


def test_a_malformed_line_is_shown_as_it_came() -> None:
    with pytest.raises(MalformedReplyError) as caught:
        replies_in(b"abc def\r\n")
    assert caught.value.reply.text == b"abc def"


@given(st.integers(200, 599), st.lists(st.binary(max_size=40).map(lambda b: b.translate(None, b"\r\n")), min_size=1))
def test_any_text_is_read_back_line_by_line(code: int, texts: list[bytes]) -> None:
    lines = [b"%d%c%s\r\n" % (code, b" -"[i < len(texts) - 1], text) for i, text in enumerate(texts)]
    stripped = [text.strip(b" \t") for text in texts]
    assert replies_in(b"".join(lines)) == [Reply(code, b"\n".join(stripped))]


@given(st.lists(st.sampled_from([octets for octets, _ in REPLIES]), max_size=5), st.data())
def test_segment_boundaries_make_no_difference(replies: list[bytes], data: st.DataObject) -> None:
    octets = b"".join(replies)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=8)))
    segments = [octets[a:b] for a, b in zip([0, *cuts], [*cuts, len(octets)], strict=True)]
    assert replies_in(*segments) == replies_in(octets)


@given(st.binary(max_size=200))
def test_any_bytes_give_replies_or_an_error_and_never_a_code_outside_200_to_599(octets: bytes) -> None:
    try:
        replies = replies_in(octets)
    except MalformedReplyError as error:
        assert not 200 <= error.reply.code <= 599  # noqa: PT017 - both ends are right ones
    else:
        assert all(200 <= reply.code <= 599 for reply in replies)


def test_the_longest_line_is_read_and_one_octet_more_is_refused() -> None:
    text = b"x" * (MAX_LINE - len(b"250 \r\n"))
    assert replies_in(b"250 " + text + b"\r\n") == [Reply(250, text)]
    with pytest.raises(OversizeReplyError, match="8192"):
        replies_in(b"250 x" + text + b"\r\n")


def test_a_line_without_end_is_refused_before_its_end() -> None:
    with pytest.raises(OversizeReplyError):
        replies_in(b"2" * MAX_LINE)


@pytest.mark.parametrize("length", [0, 8000])
def test_a_reply_has_a_greatest_size(length: int) -> None:
    line = b"250-" + b"x" * length
    with pytest.raises(OversizeReplyError):
        replies_in((line + b"\r\n") * (MAX_REPLY // len(line) + 1))


def test_the_limits_count_anew_for_each_reply() -> None:
    reply = b"250-" + b"x" * 8000 + b"\r\n250 \r\n"
    assert len(replies_in(reply * (MAX_REPLY // 8000 + 1))) == MAX_REPLY // 8000 + 1


@pytest.mark.parametrize("octets", [b"\r\n", b"\r\n\r\n", b"\r", b"\n"])
def test_blank_lines_between_replies_can_be_skipped(octets: bytes) -> None:
    reader = ReplyReader()
    reader.receive_data(octets)
    reader.skip_blank()
    assert reader.is_empty


@pytest.mark.parametrize("code", [200, 250, 299])
def test_the_first_digit_2_is_a_yes(code: int) -> None:
    assert (is_positive(code), is_intermediate(code), is_negative(code)) == (True, False, False)


@pytest.mark.parametrize("code", [400, 499, 500, 599])
def test_the_first_digits_4_and_5_are_a_no(code: int) -> None:
    assert (is_positive(code), is_intermediate(code), is_negative(code)) == (False, False, True)


@pytest.mark.parametrize("code", [-1, 0, 199, 600, 850])
def test_a_code_out_of_range_is_neither(code: int) -> None:
    assert (is_positive(code), is_intermediate(code), is_negative(code)) == (False, False, False)


def usual_or_not(octets: bytes) -> list[Reply]:
    return list(usual_replies(octets)) or replies_in(octets)


@given(st.lists(st.sampled_from([octets for octets, _ in REPLIES]), max_size=4))
def test_the_quick_reading_of_usual_replies_gives_the_same(replies: list[bytes]) -> None:
    assert usual_or_not(b"".join(replies)) == replies_in(b"".join(replies))


@given(
    st.lists(st.sampled_from([b"250", b"550", b"199", b" ", b"-", b"ok", b"\t", b"\r", b"\n", b"\r\n"])).map(b"".join)
)
def test_the_quick_reading_of_anything_gives_the_same_or_nothing(octets: bytes) -> None:
    if usual_replies(octets):
        assert list(usual_replies(octets)) == replies_in(octets)


@pytest.mark.parametrize("octets", [octets for octets, _ in MALFORMED])
def test_the_quick_reading_leaves_what_is_malformed(octets: bytes) -> None:
    assert usual_replies(octets) == ()


@pytest.mark.parametrize("octets", [b"250 one\r\n", b"250-one\r\n250 two\r\n", b"250 one\r\n354 two\r\n421 three\r\n"])
def test_the_quick_reading_reads_what_servers_say(octets: bytes) -> None:
    assert list(usual_replies(octets)) == replies_in(octets)
