"""A reply answers the command before it, or nothing."""

from __future__ import annotations

import pytest

from reference_client import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected
from tests.reference_client.scripted import (
    EOF,
    RESET,
    SILENCE,
    ScriptedSocket,
    connecting_to,
    hello,
    introduced,
    playing,
    server,
)


@pytest.mark.parametrize("blank", [b"\r\n", b"\r\n\r\n", b"\n", b"\r"])
def test_blank_lines_behind_a_reply_do_not_answer_the_next_command(blank: bytes) -> None:
    with playing("C: EHLO me.example", server(b"250 hi\r\n" + blank), "C: NOOP", "S: 250 ok") as smtp:
        smtp.ehlo()
        assert smtp.noop() == (250, b"ok")


def test_blank_lines_in_a_segment_of_their_own_do_not_either() -> None:
    with playing("C: EHLO me.example", "S: 250 hi", server(b"\r\n"), "C: NOOP", "S: 250 ok") as smtp:
        smtp.ehlo()
        assert smtp.noop() == (250, b"ok")


@pytest.mark.parametrize(
    "unasked",
    [
        [server(b"250 ok\r\n250 ok\r\n")],
        ["S: 250 ok", "S: 250 ok"],
        ["S: 250 ok", "S: 535 again"],
        ["S: 250 ok", server(b"250 stray\r\n421 bye\r\n")],
        ["S: 250 ok", server(b"250-half\r\n"), server(b"250 of it\r\n")],
        ["S: 250 ok", "S: gibberish"],
        ["S: 250 ok", server(b"250-half"), EOF],
        ["S: 250 ok", server(b"2" * 8200)],
    ],
)
def test_an_unasked_reply_closes_the_connection(unasked: list[str]) -> None:
    with playing("C: NOOP", *unasked) as smtp:
        assert smtp.noop() == (250, b"ok")
        with pytest.raises(SMTPServerDisconnected):
            smtp.rset()
        assert smtp.sock is None


@pytest.mark.parametrize(
    "unasked",
    [
        [server(b"250 ok\r\n421 bye\r\n")],
        ["S: 250 ok", "S: 421 bye"],
        ["S: 250 ok", server(b"42"), server(b"1 bye\r\n")],
    ],
)
@pytest.mark.parametrize("end", [[], [EOF]])
def test_an_unasked_421_answers_the_next_command_which_is_not_sent(unasked: list[str], end: list[str]) -> None:
    sock = ScriptedSocket(["S: 220 ready", "C: NOOP", *unasked, *end])
    smtp = connecting_to(sock)("mail.example")
    assert smtp.noop() == (250, b"ok")
    assert smtp.rset() == (421, b"bye")
    assert smtp.sock is None
    assert sock.sent == b"NOOP\r\n"


def test_a_connection_closed_meanwhile_is_seen_before_the_next_command() -> None:
    with playing("C: NOOP", "S: 250 ok", EOF) as smtp:
        smtp.noop()
        with pytest.raises(SMTPServerDisconnected, match="closed"):
            smtp.noop()


class Flood(ScriptedSocket):
    """A server that never stops sending replies."""

    def recv(self, count: int) -> bytes:
        return super().recv(count) if self.steps else b"250 more\r\n" * 1000

    def pending(self) -> int:
        return super().pending() if self.steps else 1


def test_a_flood_of_replies_is_not_read_to_its_end() -> None:
    sock = Flood(["S: 220 ready", "C: NOOP"])
    smtp = connecting_to(sock)("mail.example")
    smtp.noop()
    with pytest.raises(SMTPServerDisconnected):
        smtp.noop()
    assert sock.is_closed


@pytest.mark.parametrize("unasked", ["S: 250 surplus", "S: gibberish"])
def test_before_quit_surplus_replies_do_no_harm(unasked: str) -> None:
    """The mail was accepted; an exception here would have it sent again."""
    with playing("C: NOOP", "S: 250 ok", unasked, "C: QUIT", "S: 221 bye") as smtp:
        smtp.noop()
        assert smtp.quit() == (221, b"bye")


def test_a_421_before_quit_is_the_reply_to_it() -> None:
    with playing("C: NOOP", "S: 250 ok", "S: 421 bye") as smtp:
        smtp.noop()
        assert smtp.quit() == (421, b"bye")


@pytest.mark.parametrize(("line", "code"), [("gibberish", -1), ("", -1), ("850 odd", 850), ("2500 ok", -1)])
def test_what_is_no_reply_is_returned_and_ends_the_session(line: str, code: int) -> None:
    with playing("C: NOOP", f"S: {line}") as smtp:
        assert smtp.noop()[0] == code
        assert smtp.sock is None
        with pytest.raises(SMTPServerDisconnected):
            smtp.noop()


def test_lines_with_different_codes_are_no_reply() -> None:
    with playing("C: NOOP", server(b"250-ok\r\n550 no\r\n")) as smtp:
        assert smtp.noop()[0] == -1


@pytest.mark.parametrize("part", [b"250 o", b"250 ok", b"250 ok\r", b"25", b"250-ok\r\n", b"250-ok\r\n250 "])
@pytest.mark.parametrize("fault", [EOF, RESET, SILENCE])
def test_part_of_a_reply_is_never_a_reply(part: bytes, fault: str) -> None:
    with playing("C: NOOP", server(part), fault) as smtp:
        with pytest.raises(SMTPServerDisconnected) as caught:
            smtp.noop()
        assert isinstance(caught.value, TimeoutError) == (fault == SILENCE)
        assert smtp.sock is None


def test_after_a_timeout_a_late_reply_answers_nothing() -> None:
    sock = ScriptedSocket(["S: 220 ready", "C: NOOP", SILENCE])
    smtp = connecting_to(sock)("mail.example")
    with pytest.raises(TimeoutError):
        smtp.noop()
    assert sock.is_closed
    with pytest.raises(SMTPServerDisconnected):
        smtp.noop()


def test_an_interrupt_while_waiting_closes_the_connection() -> None:
    class Interrupted(ScriptedSocket):
        def _recv_nothing(self) -> bytes:
            raise KeyboardInterrupt

    sock = Interrupted(["S: 220 ready", "C: NOOP"])
    smtp = connecting_to(sock)("mail.example")
    with pytest.raises(KeyboardInterrupt):
        smtp.noop()
    assert sock.is_closed


TRANSACTION = [
    "C: MAIL FROM:<a@b.example>",
    "S: 250 ok",
    "C: RCPT TO:<c@d.example>",
    "S: 250 ok",
    "C: DATA",
    "S: 354 go",
]


@pytest.mark.parametrize("step", [1, 3, 5])
def test_a_reply_before_its_command_never_becomes_success(step: int) -> None:
    script = [*hello(), *TRANSACTION[:step], server(TRANSACTION[step][3:].encode() + b"\r\n250 premature\r\n")]
    with playing(*script) as smtp:
        with pytest.raises(SMTPServerDisconnected, match="premature"):
            smtp.sendmail("a@b.example", "c@d.example", "x")
        assert smtp.sock is None


def test_a_354_sent_twice_before_the_data_closes_the_connection_without_them() -> None:
    with playing(*hello(), *TRANSACTION[:5], server(b"354 go\r\n354 go\r\n")) as smtp:
        with pytest.raises(SMTPServerDisconnected):
            smtp.sendmail("a@b.example", "c@d.example", "x")
        assert smtp.sock is None


@pytest.mark.parametrize("reply", ["354 go", "353 one by one", "gibberish", "850 odd"])
def test_what_is_no_answer_to_the_end_of_data_says_that_delivery_is_unknown(reply: str) -> None:
    with playing(*hello(), *TRANSACTION, "C: x\r\n.", f"S: {reply}") as smtp:
        with pytest.raises(SMTPServerDisconnected) as caught:
            smtp.sendmail("a@b.example", "c@d.example", "x")
        assert isinstance(caught.value, SMTPDataError)
        assert smtp.sock is None


@pytest.mark.parametrize("part", [b"250 2.0", b"250-queued\r\n", b""])
def test_a_success_that_is_cut_off_after_the_data_is_a_lost_connection(part: bytes) -> None:
    with playing(*hello(), *TRANSACTION, "C: x\r\n.", server(part), EOF) as smtp, pytest.raises(SMTPServerDisconnected):
        smtp.sendmail("a@b.example", "c@d.example", "x")


def test_octets_in_a_foreign_file_attribute_are_not_read() -> None:
    """Programs with a STARTTLS of their own replace ``sock`` and set ``file``."""
    second = ScriptedSocket(["C: NOOP", "S: 250 second"])
    sock = ScriptedSocket(["S: 220 ready", "C: NOOP", server(b"250 first\r\n250 read ahead\r\n")])
    smtp = connecting_to(sock)("mail.example")
    smtp.noop()
    smtp.sock = second  # type: ignore[assignment]
    smtp.file = None
    assert smtp.noop() == (250, b"second")
    second.check()


@pytest.mark.parametrize("octets_at_a_time", [1, 2, 7])
def test_a_whole_session_goes_well_in_segments_of_any_size(octets_at_a_time: int) -> None:
    script = [
        *hello("SIZE"),
        "C: MAIL FROM:<a@b.example> SIZE=3",
        *TRANSACTION[1:],
        "C: x\r\n.",
        "S: 250-que",
        "S: 250 ued",
    ]
    with playing(*script, octets_at_a_time=octets_at_a_time) as smtp:
        assert smtp.sendmail("a@b.example", "c@d.example", "x") == {}


def test_an_endless_reply_is_an_exception_of_the_family() -> None:
    with playing("C: NOOP", server(b"250-" + b"x" * 9000)) as smtp, pytest.raises(SMTPException) as caught:
        smtp.noop()
    assert smtp.sock is None
    assert isinstance(caught.value, SMTPServerDisconnected)


def test_what_comes_along_with_a_reply_is_noticed_within_sendmail() -> None:
    with introduced("C: MAIL FROM:<a@b.example>", server(b"250 ok\r\n250 surplus\r\n")) as smtp:
        with pytest.raises(SMTPServerDisconnected):
            smtp.sendmail("a@b.example", "c@d.example", "x")
        assert smtp.sock is None


@pytest.mark.parametrize("end", [[], [EOF]])
def test_a_421_that_comes_along_with_a_reply_answers_the_next_command_of_sendmail(end: list[str]) -> None:
    sock = ScriptedSocket(
        ["S: 220 ready", *hello(), "C: MAIL FROM:<a@b.example>", server(b"250 ok\r\n421 bye\r\n"), *end]
    )
    smtp = connecting_to(sock)("mail.example", local_hostname="me.example")
    with pytest.raises(SMTPRecipientsRefused) as caught:
        smtp.sendmail("a@b.example", "c@d.example", "x")
    assert caught.value.recipients == {"c@d.example": (421, b"bye")}
    assert smtp.sock is None


def test_what_came_before_a_mail_transaction_is_noticed_by_it() -> None:
    with introduced("S: 250 stray") as smtp:
        with pytest.raises(SMTPServerDisconnected):
            smtp.sendmail("a@b.example", "c@d.example", "x")
        assert smtp.sock is None
