from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reference_client import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from reference_client import _mail_data as mail_data
from tests.reference_client.scripted import EOF, RESET, SILENCE, STUCK, hello, introduced, playing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

OK = "S: 250 ok"
MAIL = ["C: MAIL FROM:<a@b.example>", OK]
RSET = ["C: RSET", OK]
NOOP = ["C: NOOP", OK]
DATA = ["C: DATA", "S: 354 go"]
SENT = [*DATA, "C: x\r\n.", "S: 250 queued"]


def rcpt(name: str, reply: str = "250 ok") -> list[str]:
    return [f"C: RCPT TO:<{name}@d.example>", f"S: {reply}"]


def send(smtp: SMTP, *names: str, **options: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    return smtp.sendmail("a@b.example", [f"{name}@d.example" for name in names or "c"], "x", **options)


class TestSendmail:
    def test_introduces_itself_and_does_one_transaction(self) -> None:
        with playing(*hello(), *MAIL, *rcpt("c"), *rcpt("e"), *SENT) as smtp:
            assert send(smtp, "c", "e") == {}

    def test_sends_message_after_message(self) -> None:
        transaction = [*MAIL, *rcpt("c"), *SENT]
        with introduced(*transaction, *transaction, *transaction) as smtp:
            assert [send(smtp) for _ in range(3)] == [{}, {}, {}]

    def test_goes_through_the_methods_that_a_subclass_overrides(self) -> None:
        called = []

        class Session(SMTP):
            def ehlo(self, name: str = "") -> tuple[int, bytes]:
                called.append("ehlo")
                return super().ehlo(name)

            def mail(self, *args: object) -> tuple[int, bytes]:
                called.append("mail")
                return super().mail(*args)  # type: ignore[arg-type]

            def rcpt(self, *args: object) -> tuple[int, bytes]:
                called.append("rcpt")
                return super().rcpt(*args)  # type: ignore[arg-type]

            def data(self, *args: object) -> tuple[int, bytes]:
                called.append("data")
                return super().data(*args)  # type: ignore[arg-type]

            def send(self, s: str | bytes) -> None:
                called.append("send")
                super().send(s)

        with playing(*hello(), *MAIL, *rcpt("c"), *SENT, kind=Session) as smtp:
            send(smtp)
        assert called == ["ehlo", "send", "mail", "send", "rcpt", "send", "data", "send", "send"]

    def test_takes_a_string_for_one_recipient(self) -> None:
        with introduced(*MAIL, *rcpt("c"), *SENT) as smtp:
            assert smtp.sendmail("a@b.example", "C <c@d.example>", "x") == {}

    @pytest.mark.parametrize("many", [list, tuple, iter, set])
    def test_takes_any_iterable_of_recipients(self, many: Callable[[list[str]], Iterable[str]]) -> None:
        with introduced(*MAIL, *rcpt("c"), *SENT) as smtp:
            assert smtp.sendmail("a@b.example", many(["c@d.example"]), "x") == {}

    def test_sends_the_null_reverse_path(self) -> None:
        with introduced("C: MAIL FROM:<>", OK, *rcpt("c"), *SENT) as smtp:
            smtp.sendmail("", "c@d.example", b"x")

    @pytest.mark.parametrize("reply", ["251 will forward", "252 cannot verify", "200 fine"])
    def test_takes_any_2yz_for_a_yes(self, reply: str) -> None:
        script = ["C: MAIL FROM:<a@b.example>", f"S: {reply}", *rcpt("c", reply), *DATA, "C: x\r\n.", f"S: {reply}"]
        with introduced(*script) as smtp:
            assert send(smtp) == {}

    def test_takes_another_3yz_to_data_for_go_ahead(self) -> None:
        with introduced(*MAIL, *rcpt("c"), "C: DATA", "S: 352 go", "C: x\r\n.", OK) as smtp:
            assert send(smtp) == {}

    def test_returns_the_refused_recipients_under_the_names_that_the_caller_gave_them(self) -> None:
        with introduced(*MAIL, *rcpt("c", "550 no such user"), *rcpt("e"), *SENT) as smtp:
            assert smtp.sendmail("a@b.example", ["C <c@d.example>", "e@d.example"], "x") == {
                "C <c@d.example>": (550, b"no such user")
            }


class TestARefusal:
    def test_of_the_introduction_raises(self) -> None:
        with playing("C: EHLO me.example", "S: 502 no", "C: HELO me.example", "S: 502 no", *NOOP) as smtp:
            with pytest.raises(SMTPHeloError):
                send(smtp)
            smtp.noop()

    @pytest.mark.parametrize("code", [450, 452, 530, 550, 552])
    def test_of_mail_raises_with_code_text_and_sender_and_resets(self, code: int) -> None:
        with introduced("C: MAIL FROM:<a@b.example>", f"S: {code} no", *RSET, *NOOP) as smtp:
            with pytest.raises(SMTPSenderRefused) as caught:
                smtp.sendmail("Al <a@b.example>", "c@d.example", "x")
            error = caught.value
            assert (error.smtp_code, error.smtp_error, error.sender) == (code, b"no", "Al <a@b.example>")
            smtp.noop()

    def test_of_all_recipients_raises_with_all_of_them_and_resets(self) -> None:
        with introduced(*MAIL, *rcpt("c", "450 later"), *rcpt("e", "550 no"), *RSET, *NOOP) as smtp:
            with pytest.raises(SMTPRecipientsRefused) as caught:
                send(smtp, "c", "e")
            assert caught.value.recipients == {"c@d.example": (450, b"later"), "e@d.example": (550, b"no")}
            smtp.noop()

    def test_of_a_repeated_address_each_time_is_a_refusal_of_all(self) -> None:
        script = [*MAIL, *rcpt("c", "550 no"), *rcpt("c", "550 no"), *RSET]
        with introduced(*script) as smtp, pytest.raises(SMTPRecipientsRefused):
            send(smtp, "c", "c")

    def test_of_a_repeated_address_once_is_reported(self) -> None:
        with introduced(*MAIL, *rcpt("c"), *rcpt("c", "452 enough"), *SENT) as smtp:
            assert send(smtp, "c", "c") == {"c@d.example": (452, b"enough")}

    @pytest.mark.parametrize("code", [451, 503, 554])
    def test_of_data_raises_and_resets(self, code: int) -> None:
        with introduced(*MAIL, *rcpt("c"), "C: DATA", f"S: {code} no", *RSET, *NOOP) as smtp:
            with pytest.raises(SMTPDataError) as caught:
                send(smtp)
            assert caught.value.smtp_code == code
            smtp.noop()

    @pytest.mark.parametrize("code", [451, 500, 552, 554])
    def test_of_the_message_raises_and_resets(self, code: int) -> None:
        with introduced(*MAIL, *rcpt("c"), *DATA, "C: x\r\n.", f"S: {code} no", *RSET, *NOOP) as smtp:
            with pytest.raises(SMTPDataError) as caught:
                send(smtp)
            assert caught.value.smtp_code == code
            smtp.noop()

    def test_is_forgotten_by_the_next_message(self) -> None:
        with introduced(*MAIL, *rcpt("c", "451 greylisted"), *RSET, *MAIL, *rcpt("c"), *SENT) as smtp:
            with pytest.raises(SMTPRecipientsRefused):
                send(smtp)
            assert send(smtp) == {}

    @pytest.mark.parametrize("end", [[EOF], [RESET], ["C: RSET", EOF], ["C: RSET", SILENCE], ["C: RSET", "S: rubbish"]])
    def test_reaches_the_caller_whatever_becomes_of_the_reset(self, end: list[str]) -> None:
        with introduced("C: MAIL FROM:<a@b.example>", "S: 451 later", *end) as smtp:
            with pytest.raises(SMTPSenderRefused) as caught:
                send(smtp)
            assert caught.value.smtp_code == 451
            assert smtp.sock is None

    def test_closes_the_connection_if_the_reset_is_refused_too(self) -> None:
        with introduced(*MAIL, *rcpt("c", "550 no"), "C: RSET", "S: 502 no") as smtp:
            with pytest.raises(SMTPRecipientsRefused):
                send(smtp)
            assert smtp.sock is None

    @pytest.mark.parametrize("reply", ["354 go", "850 odd", "rubbish"])
    def test_that_is_no_plain_no_closes_the_connection(self, reply: str) -> None:
        code = int(reply[:3]) if reply[:3].isdigit() else -1
        with introduced("C: MAIL FROM:<a@b.example>", f"S: {reply}") as smtp:
            with pytest.raises(SMTPSenderRefused) as sender:
                send(smtp)
            assert (sender.value.smtp_code, smtp.sock) == (code, None)
        with introduced(*MAIL, *rcpt("c", reply)) as smtp:
            with pytest.raises(SMTPRecipientsRefused) as recipients:
                send(smtp)
            assert (recipients.value.recipients["c@d.example"][0], smtp.sock) == (code, None)

    @pytest.mark.parametrize("reply", ["250 ok", "850 odd", ""])
    def test_of_data_by_something_else_sends_no_message_and_closes(self, reply: str) -> None:
        with introduced(*MAIL, *rcpt("c"), "C: DATA", f"S: {reply}") as smtp:
            with pytest.raises(SMTPDataError):
                send(smtp)
            assert smtp.sock is None


class TestALostConnection:
    @pytest.mark.parametrize("length", [1, 3, 5, 7])
    @pytest.mark.parametrize("fault", [EOF, RESET, SILENCE])
    def test_is_what_it_is_at_every_step(self, length: int, fault: str) -> None:
        script = [*MAIL, *rcpt("c"), *SENT][:length]
        with introduced(*script, fault) as smtp:
            with pytest.raises(SMTPServerDisconnected) as caught:
                send(smtp)
            assert isinstance(caught.value, TimeoutError) == (fault == SILENCE)
            assert smtp.sock is None

    @pytest.mark.parametrize(("fault", "is_timeout"), [(RESET, False), (STUCK, True)])
    def test_while_the_message_is_written(self, fault: str, *, is_timeout: bool) -> None:
        with introduced(*MAIL, *rcpt("c"), *DATA, "C:xx", fault) as smtp:
            with pytest.raises(SMTPServerDisconnected) as caught:
                smtp.sendmail("a@b.example", "c@d.example", b"xxxx")
            assert isinstance(caught.value, TimeoutError) == is_timeout


class TestAnEarlyReply:
    """RFC 5321 4.1.1.4: the server answers the end of data. Some do not wait for it."""

    @pytest.fixture(autouse=True)
    def _small_pieces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mail_data, "PIECE", 4)

    @pytest.mark.parametrize("code", [452, 552, 421])
    def test_that_refuses_stops_the_message_and_is_reported(self, code: int) -> None:
        with introduced(*MAIL, *rcpt("c"), *DATA, "C:xxxx", f"S: {code} too big") as smtp:
            with pytest.raises(SMTPDataError) as caught:
                smtp.sendmail("a@b.example", "c@d.example", b"x" * 40)
            assert (caught.value.smtp_code, caught.value.smtp_error) == (code, b"too big")
            assert smtp.sock is None

    @pytest.mark.parametrize("reply", ["250 queued", "354 go", "rubbish"])
    def test_of_any_other_kind_is_never_success(self, reply: str) -> None:
        with introduced(*MAIL, *rcpt("c"), *DATA, "C:xxxx", f"S: {reply}") as smtp:
            with pytest.raises(SMTPServerDisconnected):
                smtp.sendmail("a@b.example", "c@d.example", b"x" * 40)
            assert smtp.sock is None


class TestOptions:
    def test_are_sent_if_they_are_offered(self) -> None:
        script = [
            "C: MAIL FROM:<a@b.example> SIZE=3 BODY=8BITMIME RET=HDRS",
            OK,
            "C: RCPT TO:<c@d.example> NOTIFY=NEVER",
            OK,
            "C: RCPT TO:<e@d.example> NOTIFY=NEVER",
            OK,
        ]
        with introduced(*script, *SENT, offers=["SIZE", "8BITMIME", "DSN"]) as smtp:
            send(smtp, "c", "e", mail_options=["BODY=8BITMIME", "RET=HDRS"], rcpt_options=["NOTIFY=NEVER"])

    def test_are_left_out_if_they_are_not(self) -> None:
        with introduced(*MAIL, *rcpt("c"), *SENT, offers=["PIPELINING"]) as smtp:
            send(smtp, mail_options=["BODY=8BITMIME", "8bitmime"], rcpt_options=["NOTIFY=NEVER"])

    def test_are_all_left_out_after_helo(self) -> None:
        script = ["C: EHLO me.example", "S: 502 no", "C: HELO me.example", "S: 250 hi"]
        with playing(*script, *MAIL, *rcpt("c"), *SENT) as smtp:
            send(smtp, mail_options=["BODY=8BITMIME"], rcpt_options=["NOTIFY=NEVER"])

    def test_pass_the_documented_word_on_as_it_is(self) -> None:
        script = ["C: MAIL FROM:<a@b.example> 8bitmime", OK, *rcpt("c"), *SENT]
        with introduced(*script, offers=["8BITMIME"]) as smtp:
            send(smtp, mail_options=["8bitmime"])

    def test_state_the_size_once(self) -> None:
        with introduced("C: MAIL FROM:<a@b.example> SIZE=99", OK, *rcpt("c"), *SENT, offers=["SIZE 100"]) as smtp:
            send(smtp, mail_options=["SIZE=99"])

    def test_of_the_caller_stay_as_they_are(self) -> None:
        options = ["BODY=8BITMIME"]
        script = ["C: MAIL FROM:<a@b.example> SIZE=3 BODY=8BITMIME", OK, *rcpt("c"), *SENT]
        with introduced(*script, *script, offers=["SIZE", "8BITMIME"]) as smtp:
            send(smtp, mail_options=options)
            send(smtp, mail_options=options)
        assert options == ["BODY=8BITMIME"]

    def test_may_be_given_to_the_single_steps(self) -> None:
        script = ["C: MAIL FROM:<> RET=HDRS", OK, "C: RCPT TO:<c@d.example> NOTIFY=NEVER", OK]
        with introduced(*script, offers=["DSN"]) as smtp:
            smtp.mail("", ["RET=HDRS", "SIZE=3"])
            smtp.rcpt("c@d.example", ["NOTIFY=NEVER", "XOTHER"])


class TestInternationalAddresses:
    UTF8 = ("SMTPUTF8", "8BITMIME")
    MAIL = ("C:" + "MAIL FROM:<é@b.example> SMTPUTF8\r\n".encode().decode("latin-1"), OK)
    RCPT = ("C:" + "RCPT TO:<ü@d.example>\r\n".encode().decode("latin-1"), OK)

    def test_are_sent_if_asked_for_and_offered(self) -> None:
        with introduced(*self.MAIL, *self.RCPT, *SENT, offers=self.UTF8) as smtp:
            assert smtp.sendmail("é@b.example", "ü@d.example", "x", mail_options=["smtputf8".upper()]) == {}

    def test_do_not_leave_the_encoding_behind(self) -> None:
        with introduced(*self.MAIL, *self.RCPT, *SENT, *NOOP, offers=self.UTF8) as smtp:
            smtp.sendmail("é@b.example", "ü@d.example", "x", mail_options=["SMTPUTF8"])
            with pytest.raises(UnicodeEncodeError):
                smtp.sendmail("é@b.example", "ü@d.example", "x")
            smtp.noop()

    @pytest.mark.parametrize(("sender", "recipient"), [("é@b.example", "c@d.example"), ("a@b.example", "ü@d.example")])
    def test_are_refused_before_mail_if_not_asked_for(self, sender: str, recipient: str) -> None:
        with introduced(*NOOP, offers=self.UTF8) as smtp:
            with pytest.raises(UnicodeEncodeError):
                smtp.sendmail(sender, recipient, "x")
            smtp.noop()

    @pytest.mark.parametrize("address", ["a@b.example", "é@b.example"])
    def test_are_not_supported_if_not_offered(self, address: str) -> None:
        with introduced(*NOOP, offers=["8BITMIME"]) as smtp:
            with pytest.raises(SMTPNotSupportedError):
                smtp.sendmail(address, "c@d.example", "x", mail_options=["SMTPUTF8"])
            smtp.noop()

    def test_are_not_supported_by_a_server_that_knows_only_helo(self) -> None:
        script = ["C: EHLO me.example", "S: 502 no", "C: HELO me.example", "S: 250 hi"]
        with playing(*script) as smtp, pytest.raises(SMTPNotSupportedError):
            send(smtp, mail_options=["SMTPUTF8"])

    def test_work_step_by_step(self) -> None:
        with introduced(*self.MAIL, *self.RCPT, *SENT, offers=self.UTF8) as smtp:
            smtp.mail("é@b.example", ["SMTPUTF8"])
            smtp.rcpt("ü@d.example")
            smtp.data("x")
            with pytest.raises(UnicodeEncodeError):
                smtp.rcpt("ü@d.example")

    def test_are_refused_after_a_refused_mail(self) -> None:
        with introduced(self.MAIL[0], "S: 550 no", offers=self.UTF8) as smtp:
            smtp.mail("é@b.example", ["SMTPUTF8"])
            with pytest.raises(UnicodeEncodeError):
                smtp.rcpt("ü@d.example")


class TestAFailureOnThisSide:
    @pytest.mark.parametrize(
        ("arguments", "kind"),
        [
            (("a@b.example\r\nRCPT TO:<x@y>", "c@d.example", "x"), ValueError),
            (("a@b.example", ["c@d.example", "e@d.example> SIZE=1"], "x"), ValueError),
            (("a@b.example", "c@d.example, e@d.example", "x"), ValueError),
            (("a@b.example", ["c@d.example", ""], "x"), ValueError),
            (("a@b.example", "c@d.example", "naïve"), UnicodeEncodeError),
            (("a@b.example", "c@d.example", "x", ["RET=HDRS\r\nDATA"]), ValueError),
            (("a@b.example", "c@d.example", "x", [], ["NOTIFY=NEVER\n"]), ValueError),
            (("a@b.example", None, "x"), TypeError),
            (("a@b.example", "c@d.example", None), TypeError),
            ((None, "c@d.example", "x"), TypeError),
            (("a@b.example", [], "x"), SMTPRecipientsRefused),
        ],
    )
    def test_that_can_be_seen_beforehand_sends_nothing(
        self, arguments: tuple[object, ...], kind: type[Exception]
    ) -> None:
        with introduced(*NOOP) as smtp:
            with pytest.raises(kind):
                smtp.sendmail(*arguments)  # type: ignore[arg-type]
            smtp.noop()

    def test_after_mail_resets_the_transaction(self) -> None:
        class Session(SMTP):
            def rcpt(self, *_: object) -> tuple[int, bytes]:
                raise KeyError

        with introduced(*MAIL, *RSET, *NOOP, kind=Session) as smtp:
            with pytest.raises(KeyError):
                send(smtp)
            smtp.noop()

    def test_in_the_middle_of_the_message_closes_the_connection(self) -> None:
        class Session(SMTP):
            def send(self, s: str | bytes) -> None:
                if s == b"x\r\n.\r\n":
                    raise KeyError
                super().send(s)

        with introduced(*MAIL, *rcpt("c"), *DATA, kind=Session) as smtp:
            with pytest.raises(KeyError):
                send(smtp)
            assert smtp.sock is None

    def test_by_interrupt_after_mail_closes_the_connection(self) -> None:
        class Session(SMTP):
            def rcpt(self, *_: object) -> tuple[int, bytes]:
                raise KeyboardInterrupt

        with introduced(*MAIL, kind=Session) as smtp:
            with pytest.raises(KeyboardInterrupt):
                send(smtp)
            assert smtp.sock is None


class TestTheSingleSteps:
    def test_return_replies(self) -> None:
        with playing(
            *MAIL, *rcpt("c", "550 no"), *rcpt("e", "251 forward"), *DATA, "C: x\r\n.", "S: 250 queued"
        ) as smtp:
            assert smtp.mail("a@b.example") == (250, b"ok")
            assert smtp.rcpt("c@d.example") == (550, b"no")
            assert smtp.rcpt("e@d.example") == (251, b"forward")
            assert smtp.data("x") == (250, b"queued")

    def test_return_the_refusal_of_the_message_and_raise_that_of_data(self) -> None:
        with playing(*DATA, "C: x\r\n.", "S: 554 no", "C: DATA", "S: 503 no", *NOOP) as smtp:
            assert smtp.data("x") == (554, b"no")
            with pytest.raises(SMTPDataError) as caught:
                smtp.data("x")
            assert caught.value.smtp_code == 503
            smtp.noop()

    def test_raise_no_exception_outside_the_family_of_the_norm(self) -> None:
        with playing("C: DATA", EOF) as smtp, pytest.raises(SMTPException):
            smtp.data("x")
