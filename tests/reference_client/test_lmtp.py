"""RFC 2033 4.2: after the end of data, one reply for each accepted RCPT."""

from __future__ import annotations

import pytest

from reference_client import (
    LMTP,
    SMTPDataError,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from tests.reference_client.scripted import EOF, SILENCE, introduced, playing, server

OK = "S: 250 ok"
MAIL = ["C: MAIL FROM:<a@b.example>", OK]
RSET = ["C: RSET", OK]
NOOP = ["C: NOOP", OK]
DATA = ["C: DATA", "S: 354 go", "C: x\r\n."]
UNKNOWN = -1


def rcpt(name: str, reply: str = "250 ok") -> list[str]:
    return [f"C: RCPT TO:<{name}@d.example>", f"S: {reply}"]


def recipients(names: str) -> list[str]:
    return [step for name in names for step in rcpt(name)]


def send(smtp: object, names: str) -> dict[str, tuple[int, bytes]]:
    assert isinstance(smtp, LMTP)
    return smtp.sendmail("a@b.example", [f"{name}@d.example" for name in names], "x")


class TestRecipientReplies:
    def test_are_read_for_all_accepted_recipients(self) -> None:
        with introduced(*MAIL, *recipients("cef"), *DATA, OK, OK, OK, *NOOP, kind=LMTP) as smtp:
            assert send(smtp, "cef") == {}
            assert smtp.noop() == (250, b"ok")

    @pytest.mark.parametrize("failing", ["c", "e", "f", "ce", "cf", "ef"])
    def test_that_refuse_join_the_result(self, failing: str) -> None:
        replies = [f"S: 550 {name}" if name in failing else OK for name in "cef"]
        with introduced(*MAIL, *recipients("cef"), *DATA, *replies, *NOOP, kind=LMTP) as smtp:
            assert send(smtp, "cef") == {f"{name}@d.example": (550, name.encode()) for name in failing}
            smtp.noop()

    def test_are_matched_to_the_accepted_recipients_only(self) -> None:
        script = [*MAIL, *rcpt("c", "550 no"), *rcpt("e"), *rcpt("f", "450 later"), *rcpt("g"), *DATA]
        with introduced(*script, OK, "S: 452 full", kind=LMTP) as smtp:
            assert send(smtp, "cefg") == {
                "c@d.example": (550, b"no"),
                "f@d.example": (450, b"later"),
                "g@d.example": (452, b"full"),
            }

    def test_that_all_refuse_mean_that_nobody_got_it(self) -> None:
        script = [*MAIL, *rcpt("c", "550 no"), *recipients("ef"), *DATA, "S: 452 full", "S: 554 no", *RSET, *NOOP]
        with introduced(*script, kind=LMTP) as smtp:
            with pytest.raises(SMTPRecipientsRefused) as caught:
                send(smtp, "cef")
            assert caught.value.recipients == {
                "c@d.example": (550, b"no"),
                "e@d.example": (452, b"full"),
                "f@d.example": (554, b"no"),
            }
            smtp.noop()

    def test_of_several_lines_and_in_one_segment_are_read(self) -> None:
        replies = server(b"250-one\r\n250 c\r\n550-two\r\n550 e\r\n250 f\r\n")
        with introduced(*MAIL, *recipients("cef"), *DATA, replies, *NOOP, kind=LMTP) as smtp:
            assert send(smtp, "cef") == {"e@d.example": (550, b"two\ne")}
            smtp.noop()

    def test_of_a_repeated_mailbox_are_all_read_and_a_refusal_is_reported(self) -> None:
        with introduced(*MAIL, *recipients("cc"), *DATA, OK, "S: 452 full", *NOOP, kind=LMTP) as smtp:
            assert send(smtp, "cc") == {"c@d.example": (452, b"full")}
            smtp.noop()

    def test_too_many_of_them_do_not_answer_the_next_command(self) -> None:
        with introduced(*MAIL, *recipients("c"), *DATA, OK, "S: 250 surplus", kind=LMTP) as smtp:
            assert send(smtp, "c") == {}
            with pytest.raises(SMTPServerDisconnected):
                smtp.noop()

    def test_too_many_of_them_do_not_spoil_quit(self) -> None:
        script = [*MAIL, *recipients("c"), *DATA, OK, "S: 250 surplus", "C: QUIT", "S: 221 bye"]
        with introduced(*script, kind=LMTP) as smtp:
            send(smtp, "c")
            assert smtp.quit() == (221, b"bye")

    @pytest.mark.parametrize("fault", [EOF, SILENCE])
    def test_too_few_of_them_leave_the_rest_unknown(self, fault: str) -> None:
        with introduced(*MAIL, *recipients("cefg"), *DATA, "S: 550 no", OK, fault, kind=LMTP) as smtp:
            result = send(smtp, "cefg")
            assert {name[0]: code for name, (code, _) in result.items()} == {"c": 550, "f": UNKNOWN, "g": UNKNOWN}
            assert b"unknown" in result["f@d.example"][1]
            assert smtp.sock is None

    @pytest.mark.parametrize("before", [[], ["S: 550 no"]])
    @pytest.mark.parametrize(("fault", "is_timeout"), [(EOF, False), (SILENCE, True)])
    def test_lost_before_anybody_is_known_to_have_it_are_a_lost_connection(
        self, before: list[str], fault: str, *, is_timeout: bool
    ) -> None:
        with introduced(*MAIL, *recipients("ce"), *DATA, *before, fault, kind=LMTP) as smtp:
            with pytest.raises(SMTPServerDisconnected) as caught:
                send(smtp, "ce")
            assert isinstance(caught.value, TimeoutError) == is_timeout

    def test_cut_short_by_421_refuse_the_rest(self) -> None:
        with introduced(*MAIL, *recipients("cef"), *DATA, OK, "S: 421 bye", kind=LMTP) as smtp:
            assert send(smtp, "cef") == {"e@d.example": (421, b"bye"), "f@d.example": (421, b"bye")}
            assert smtp.sock is None

    def test_of_421_at_once_mean_that_nobody_got_it(self) -> None:
        with introduced(*MAIL, *recipients("ce"), *DATA, "S: 421 bye", kind=LMTP) as smtp:
            with pytest.raises(SMTPRecipientsRefused) as caught:
                send(smtp, "ce")
            assert caught.value.recipients == {"c@d.example": (421, b"bye"), "e@d.example": (421, b"bye")}

    @pytest.mark.parametrize("reply", ["rubbish", "354 go"])
    def test_that_are_no_replies_leave_the_rest_unknown(self, reply: str) -> None:
        with introduced(*MAIL, *recipients("cef"), *DATA, OK, f"S: {reply}", kind=LMTP) as smtp:
            result = send(smtp, "cef")
            assert set(result) == {"e@d.example", "f@d.example"}
            assert result["f@d.example"][0] == UNKNOWN
            assert smtp.sock is None

    def test_that_are_none_of_them_replies_are_unknown_delivery(self) -> None:
        script = [*MAIL, *recipients("ce"), *DATA, "S: rubbish"]
        with introduced(*script, kind=LMTP) as smtp, pytest.raises(SMTPServerDisconnected):
            send(smtp, "ce")

    def test_do_not_cross_from_one_message_to_the_next(self) -> None:
        script = [*MAIL, *recipients("ce"), *DATA, OK, OK, *MAIL, *recipients("f"), *DATA, "S: 452 full", *RSET]
        with introduced(*script, kind=LMTP) as smtp:
            assert send(smtp, "ce") == {}
            with pytest.raises(SMTPRecipientsRefused):
                send(smtp, "f")


class TestStepByStep:
    def test_data_reads_a_reply_for_each_accepted_recipient(self) -> None:
        script = [*MAIL, *rcpt("c"), *rcpt("e", "550 no"), *rcpt("f"), *DATA, OK, "S: 452 full", *NOOP]
        with introduced(*script, kind=LMTP) as smtp:
            smtp.mail("a@b.example")
            for name in "cef":
                smtp.rcpt(f"{name}@d.example")
            assert smtp.data("x") == (452, b"full")
            assert isinstance(smtp, LMTP)
            assert smtp.recipient_replies == ((250, b"ok"), (452, b"full"))
            smtp.noop()

    @pytest.mark.parametrize("forget", ["rset", "mail", "ehlo"])
    def test_recipients_of_a_forgotten_transaction_do_not_count(self, forget: str) -> None:
        between = {"rset": [*RSET, *MAIL], "mail": MAIL, "ehlo": ["C: LHLO me.example", OK, *MAIL]}[forget]
        with introduced(*MAIL, *recipients("ce"), *between, *recipients("f"), *DATA, OK, kind=LMTP) as smtp:
            smtp.mail("a@b.example")
            smtp.rcpt("c@d.example")
            smtp.rcpt("e@d.example")
            if forget != "mail":
                getattr(smtp, forget)()
            smtp.mail("a@b.example")
            smtp.rcpt("f@d.example")
            assert smtp.data("x") == (250, b"ok")


class TestASubclass:
    def test_with_an_rcpt_of_its_own_gets_all_replies(self) -> None:
        class Session(LMTP):
            def rcpt(self, recip: str, *_: object) -> tuple[int, bytes]:
                return self.docmd("RCPT", f"TO:<{recip}>")

        with introduced(*MAIL, *recipients("ce"), *DATA, OK, "S: 452 full", kind=Session) as smtp:
            assert send(smtp, "ce") == {"e@d.example": (452, b"full")}

    def test_with_a_data_of_its_own_has_its_reply_count_for_all(self) -> None:
        class Session(LMTP):
            def data(self, _: object) -> tuple[int, bytes]:
                return 550, b"mine"

        with introduced(*MAIL, *recipients("ce"), *RSET, kind=Session) as smtp:
            with pytest.raises(SMTPRecipientsRefused) as caught:
                send(smtp, "ce")
            assert caught.value.recipients == {"c@d.example": (550, b"mine"), "e@d.example": (550, b"mine")}


class TestTheIntroduction:
    def test_is_lhlo_without_helo_to_fall_back_to(self) -> None:
        with playing("C: LHLO me.example", "S: 500 no", "C: LHLO me.example", "S: 250 hi", kind=LMTP) as smtp:
            with pytest.raises(SMTPHeloError) as caught:
                smtp.ehlo_or_helo_if_needed()
            assert caught.value.smtp_code == 500
            smtp.ehlo_or_helo_if_needed()

    def test_of_421_raises(self) -> None:
        with playing("C: LHLO me.example", "S: 421 bye", kind=LMTP) as smtp, pytest.raises(SMTPHeloError):
            smtp.ehlo_or_helo_if_needed()

    def test_learns_service_extensions(self) -> None:
        with introduced(offers=["SIZE", "IGNOREQUOTA"], kind=LMTP) as smtp:
            assert smtp.has_extn("ignorequota")


def test_refusals_before_the_data_are_as_in_smtp() -> None:
    mail_refused = ["C: MAIL FROM:<a@b.example>", "S: 550 no", *RSET]
    with introduced(*mail_refused, kind=LMTP) as smtp, pytest.raises(SMTPSenderRefused):
        send(smtp, "c")
    data_refused = [*MAIL, *recipients("c"), "C: DATA", "S: 451 no", *RSET]
    with introduced(*data_refused, kind=LMTP) as smtp, pytest.raises(SMTPDataError):
        send(smtp, "c")


def test_login_works() -> None:
    with introduced("C: AUTH PLAIN AHUAcA==", "S: 235 yes", offers=["AUTH PLAIN"], kind=LMTP) as smtp:
        assert smtp.login("u", "p") == (235, b"yes")
