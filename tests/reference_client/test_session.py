from __future__ import annotations

import pytest

from reference_client import SMTP, SMTPHeloError, SMTPResponseException, SMTPServerDisconnected
from tests.reference_client.scripted import EOF, SILENCE, hello, introduced, playing, server


class TestEHLO:
    def test_remembers_what_the_server_offers(self) -> None:
        with playing(*hello("SIZE 1000", "8BITMIME")) as smtp:
            assert not smtp.has_extn("size")
            assert smtp.ehlo() == (250, b"mail.example\nSIZE 1000\n8BITMIME")
            assert smtp.ehlo_resp == b"mail.example\nSIZE 1000\n8BITMIME"
            assert smtp.does_esmtp is True
            assert smtp.esmtp_features == {"size": "1000", "8bitmime": ""}
            assert smtp.has_extn("SiZe") is True
            assert smtp.has_extn("dsn") is False

    def test_gives_the_name_that_it_is_called_with(self) -> None:
        with playing("C: EHLO other.example", "S: 250 hi", "C: HELO another.example", "S: 250 hi") as smtp:
            smtp.ehlo("other.example")
            smtp.helo(name="another.example")

    def test_that_is_refused_leaves_no_service_extension(self) -> None:
        with introduced("C: EHLO me.example", "S: 503 again?", offers=["SIZE 1000"]) as smtp:
            assert smtp.ehlo() == (503, b"again?")
            assert (smtp.does_esmtp, smtp.esmtp_features, smtp.ehlo_resp) == (False, {}, b"again?")

    def test_a_second_time_replaces_what_was_offered(self) -> None:
        with introduced(*hello("8BITMIME"), offers=["SIZE 1000"]) as smtp:
            smtp.ehlo()
            assert smtp.esmtp_features == {"8bitmime": ""}

    def test_answered_by_another_2yz_offers_nothing(self) -> None:
        with playing("C: EHLO me.example", server(b"220-mail.example\r\n220 SIZE\r\n")) as smtp:
            smtp.ehlo_or_helo_if_needed()
            assert (smtp.does_esmtp, smtp.esmtp_features) == (False, {})

    def test_refuses_a_name_of_two_lines(self) -> None:
        with playing() as smtp, pytest.raises(ValueError, match="one line"):
            smtp.ehlo("me\r\nMAIL FROM:<>")


class TestHELO:
    def test_stores_the_text_also_of_a_refusal(self) -> None:
        with playing("C: HELO me.example", "S: 250 hi", "C: HELO me.example", "S: 501 no") as smtp:
            assert smtp.helo() == (250, b"hi")
            assert smtp.helo_resp == b"hi"
            assert smtp.helo() == (501, b"no")
            assert smtp.helo_resp == b"no"

    def test_leaves_no_service_extension_of_an_earlier_ehlo(self) -> None:
        with introduced("C: HELO me.example", "S: 250 hi", offers=["SIZE 1000"]) as smtp:
            smtp.helo()
            assert (smtp.does_esmtp, smtp.esmtp_features) == (False, {})


class TestIntroducingIfNeeded:
    def test_tries_ehlo_first_and_once(self) -> None:
        with playing(*hello()) as smtp:
            smtp.ehlo_or_helo_if_needed()
            smtp.ehlo_or_helo_if_needed()

    @pytest.mark.parametrize("code", [354, 450, 500, 502, 550])
    def test_falls_back_to_helo(self, code: int) -> None:
        with playing("C: EHLO me.example", f"S: {code} no", "C: HELO me.example", "S: 250 hi") as smtp:
            smtp.ehlo_or_helo_if_needed()
            smtp.ehlo_or_helo_if_needed()

    def test_does_nothing_after_helo(self) -> None:
        with playing("C: HELO me.example", "S: 250 hi") as smtp:
            smtp.helo()
            smtp.ehlo_or_helo_if_needed()

    def test_tries_both_after_an_ehlo_that_was_refused(self) -> None:
        refused = ["C: EHLO me.example", "S: 502 no"]
        with playing(*refused, *refused, "C: HELO me.example", "S: 250 hi") as smtp:
            smtp.ehlo()
            smtp.ehlo_or_helo_if_needed()

    def test_raises_each_time_while_the_server_refuses(self) -> None:
        refusals = ["C: EHLO me.example", "S: 502 no", "C: HELO me.example", "S: 550 never"]
        with playing(*refusals, *refusals, *hello()) as smtp:
            for _ in range(2):
                with pytest.raises(SMTPHeloError) as caught:
                    smtp.ehlo_or_helo_if_needed()
                assert (caught.value.smtp_code, caught.value.smtp_error) == (550, b"never")
            smtp.ehlo_or_helo_if_needed()

    def test_begins_anew_for_a_program_that_forgets_both_texts(self) -> None:
        """Programs with a STARTTLS of their own do this."""
        with playing(*hello(), *hello()) as smtp:
            smtp.ehlo_or_helo_if_needed()
            smtp.ehlo_resp = smtp.helo_resp = None
            smtp.ehlo_or_helo_if_needed()

    def test_goes_by_what_an_overridden_ehlo_returns(self) -> None:
        class Session(SMTP):
            def ehlo(self, name: str = "") -> tuple[int, bytes]:
                return self.docmd("XHLO", name)

        with playing("C: XHLO", "S: 250 hi", kind=Session) as smtp:
            smtp.ehlo_or_helo_if_needed()

    def test_does_not_try_helo_on_a_lost_connection(self) -> None:
        with playing("C: EHLO me.example", EOF) as smtp, pytest.raises(SMTPServerDisconnected):
            smtp.ehlo_or_helo_if_needed()


class TestSmallCommands:
    def test_return_code_and_text(self) -> None:
        with playing("C: NOOP", "S: 250 ok", "C: RSET", "S: 250 reset", "C: XFROP a b", "S: 500 what") as smtp:
            assert smtp.noop() == (250, b"ok")
            assert smtp.rset() == (250, b"reset")
            assert smtp.docmd("XFROP", "a b") == (500, b"what")

    def test_help_returns_the_text_alone(self) -> None:
        with playing("C: HELP", server(b"214-one\r\n214 two\r\n"), "C: HELP MAIL", "S: 214 mail") as smtp:
            assert smtp.help() == b"one\ntwo"
            assert smtp.help("MAIL") == b"mail"

    @pytest.mark.parametrize("code", [250, 251, 252, 550, 553])
    def test_verify_returns_whatever_came(self, code: int) -> None:
        with playing("C: VRFY al@b.example", f"S: {code} Al <al@b.example>") as smtp:
            assert smtp.verify("Al <al@b.example>") == (code, b"Al <al@b.example>")

    def test_vrfy_and_expn_take_an_address(self) -> None:
        with playing("C: VRFY al", "S: 252 maybe", "C: EXPN list", server(b"250-<a@b>\r\n250 <c@d>\r\n")) as smtp:
            assert smtp.vrfy("al") == (252, b"maybe")
            assert smtp.expn("list") == (250, b"<a@b>\n<c@d>")

    @pytest.mark.parametrize("address", ["al\r\nMAIL FROM:<>", "al SMTPUTF8", "al, bo"])
    def test_verify_refuses_what_is_not_an_address(self, address: str) -> None:
        with playing() as smtp:
            with pytest.raises(ValueError, match="address"):
                smtp.verify(address)
            with pytest.raises(ValueError, match="address"):
                smtp.expn(address)

    def test_a_non_ascii_argument_is_not_sent_raw(self) -> None:
        with playing() as smtp, pytest.raises(UnicodeEncodeError):
            smtp.verify("é@b.example")

    def test_putcmd_and_getreply_are_the_halves_of_docmd(self) -> None:
        with playing("C: XONE", "C: XTWO", "S: 250 one", "S: 250 two") as smtp:
            smtp.putcmd("XONE")
            smtp.putcmd("XTWO")
            assert smtp.getreply() == (250, b"one")
            assert smtp.getreply() == (250, b"two")


class TestQuit:
    @pytest.mark.parametrize("code", [221, 250, 421, 500])
    def test_returns_any_reply_and_closes(self, code: int) -> None:
        with playing("C: QUIT", f"S: {code} bye") as smtp:
            assert smtp.quit() == (code, b"bye")
            assert smtp.sock is None
            with pytest.raises(SMTPServerDisconnected):
                smtp.noop()

    @pytest.mark.parametrize("fault", [EOF, SILENCE])
    def test_without_a_reply_is_a_lost_connection(self, fault: str) -> None:
        with playing("C: QUIT", fault) as smtp, pytest.raises(SMTPServerDisconnected):
            smtp.quit()

    def test_forgets_the_session(self) -> None:
        with introduced("C: QUIT", "S: 221 bye", offers=["SIZE"]) as smtp:
            smtp.quit()
            assert (smtp.ehlo_resp, smtp.helo_resp, smtp.esmtp_features) == (None, None, {})
            assert smtp.does_esmtp is False


class TestABlock:
    def test_ends_with_quit(self) -> None:
        with playing("C: NOOP", "S: 250 ok", "C: QUIT", "S: 221 bye") as smtp:
            with smtp as same:
                assert same is smtp
                assert smtp.noop() == (250, b"ok")
            assert smtp.sock is None

    def test_that_ended_the_session_itself_ends_quietly(self) -> None:
        with playing("C: QUIT", "S: 221 bye") as smtp, smtp:
            smtp.quit()

    def test_within_a_block_on_the_same_object_ends_the_session_once(self) -> None:
        with playing("C: QUIT", "S: 221 bye") as smtp, smtp, smtp:
            pass

    @pytest.mark.parametrize("fault", [EOF, SILENCE])
    def test_ends_quietly_if_the_server_has_gone(self, fault: str) -> None:
        with playing("C: QUIT", fault) as smtp, smtp:
            pass

    def test_raises_if_quit_is_refused(self) -> None:
        with playing("C: QUIT", "S: 421 busy") as smtp:
            with pytest.raises(SMTPResponseException) as caught, smtp:
                pass
            assert caught.value.smtp_code == 421

    @pytest.mark.parametrize("answer", ["S: 221 bye", "S: 421 busy", "S: 550 no", EOF, SILENCE])
    def test_keeps_its_own_exception_whatever_quit_does(self, answer: str) -> None:
        with playing("C: QUIT", answer) as smtp:
            with pytest.raises(KeyError), smtp:
                raise KeyError
            assert smtp.sock is None


def test_what_a_program_changes_in_the_offers_is_its_own() -> None:
    with playing(*hello("SIZE")) as first:
        first.ehlo()
        first.esmtp_features["x-mine"] = ""
    with playing(*hello("SIZE")) as second:
        second.ehlo()
        assert second.esmtp_features == {"size": ""}
