from __future__ import annotations

import hmac
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from reference_client import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPServerDisconnected,
)
from reference_client._sasl import MAX_CHALLENGES
from tests.reference_client.scripted import EOF, RESET, SILENCE, introduced, playing, server

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = "C: AUTH PLAIN AHRpbQBzZWNyZXQ="  # \0tim\0secret
USER, PASSWORD = "C: dGlt", "C: c2VjcmV0"
NO = "S: 535 5.7.8 no"
YES = "S: 235 2.7.0 yes"


def challenge(text: bytes) -> str:
    return f"S: 334 {b64encode(text).decode()}"


DIGEST = hmac.new(b"secret", b"<1@x>", "md5").hexdigest()
CRAM = ["C: AUTH CRAM-MD5", challenge(b"<1@x>"), "C: " + b64encode(f"tim {DIGEST}".encode()).decode()]


class TestLogin:
    def test_prefers_cram_md5_then_plain_then_login_whatever_the_server_prefers(self) -> None:
        login = ["C: AUTH LOGIN dGlt", challenge(b"Password:"), PASSWORD, YES]
        with introduced(*CRAM, NO, PLAIN, NO, *login, offers=["AUTH LOGIN PLAIN CRAM-MD5"]) as smtp:
            assert smtp.login("tim", "secret") == (235, b"2.7.0 yes")
            assert (smtp.user, smtp.password) == ("tim", "secret")

    def test_introduces_itself_first(self) -> None:
        with playing("C: EHLO me.example", server(b"250-x\r\n250 AUTH PLAIN\r\n"), PLAIN, YES) as smtp:
            smtp.login("tim", "secret")

    @pytest.mark.parametrize("offer", ["AUTH plain", "AUTH=PLAIN", "auth X-NEW PLAIN"])
    def test_finds_a_mechanism_however_it_is_offered(self, offer: str) -> None:
        with introduced(PLAIN, YES, offers=[offer]) as smtp:
            smtp.login("tim", "secret")

    def test_takes_503_for_being_logged_in_already(self) -> None:
        with introduced(PLAIN, "S: 503 again?", offers=["AUTH PLAIN"]) as smtp:
            assert smtp.login("tim", "secret") == (503, b"again?")

    def test_without_the_extension_is_not_supported(self) -> None:
        with introduced(offers=["SIZE"]) as smtp, pytest.raises(SMTPNotSupportedError):
            smtp.login("tim", "secret")

    @pytest.mark.parametrize("offer", ["AUTH XOAUTH2", "AUTH"])
    def test_without_a_common_mechanism_sends_nothing(self, offer: str) -> None:
        with introduced(offers=[offer]) as smtp, pytest.raises(SMTPException, match="no suitable") as caught:
            smtp.login("tim", "secret")
        assert type(caught.value) is SMTPException

    def test_raises_if_the_introduction_is_refused(self) -> None:
        script = ["C: EHLO me.example", "S: 502 no", "C: HELO me.example", "S: 502 no"]
        with playing(*script) as smtp, pytest.raises(SMTPHeloError):
            smtp.login("tim", "secret")

    @pytest.mark.parametrize("code", [432, 454, 500, 501, 504, 534, 535, 538, 250, 254, 599])
    def test_anything_but_235_is_a_refusal_that_leaves_the_connection_open(self, code: int) -> None:
        with introduced(PLAIN, f"S: {code} no", "C: NOOP", "S: 250 ok", offers=["AUTH PLAIN"]) as smtp:
            with pytest.raises(SMTPAuthenticationError) as caught:
                smtp.login("tim", "secret")
            assert (caught.value.smtp_code, caught.value.smtp_error) == (code, b"no")
            smtp.noop()

    def test_raises_the_last_refusal(self) -> None:
        with introduced(*CRAM, NO, PLAIN, "S: 534 other", offers=["AUTH PLAIN CRAM-MD5"]) as smtp:
            with pytest.raises(SMTPAuthenticationError) as caught:
                smtp.login("tim", "secret")
            assert caught.value.smtp_code == 534

    @pytest.mark.parametrize("end", [[EOF], [RESET], ["C: AUTH PLAIN AHRpbQBzZWNyZXQ=", EOF], ["S: 535 again"]])
    def test_raises_the_last_refusal_also_if_the_server_hangs_up_or_repeats_itself(self, end: list[str]) -> None:
        with introduced(*CRAM, NO, *end, offers=["AUTH PLAIN CRAM-MD5"]) as smtp:
            with pytest.raises(SMTPAuthenticationError) as caught:
                smtp.login("tim", "secret")
            assert caught.value.smtp_code == 535
            assert smtp.sock is None

    def test_raises_the_timeout_of_a_later_mechanism(self) -> None:
        with introduced(*CRAM, NO, PLAIN, SILENCE, offers=["AUTH PLAIN CRAM-MD5"]) as smtp, pytest.raises(TimeoutError):
            smtp.login("tim", "secret")

    def test_that_loses_the_connection_before_any_refusal_says_so(self) -> None:
        with introduced(PLAIN, EOF, offers=["AUTH PLAIN"]) as smtp, pytest.raises(SMTPServerDisconnected):
            smtp.login("tim", "secret")

    @pytest.mark.parametrize(("user", "password"), [("tïm", "secret"), ("tim", "sécret"), ("t\0m", "secret")])
    def test_refuses_credentials_that_cannot_be_sent_before_sending_anything(self, user: str, password: str) -> None:
        with introduced("C: NOOP", "S: 250 ok", offers=["AUTH CRAM-MD5 PLAIN LOGIN"]) as smtp:
            with pytest.raises(SMTPException) as caught:
                smtp.login(user, password)
            assert isinstance(caught.value, ValueError)
            smtp.noop()

    def test_hands_initial_response_ok_on(self) -> None:
        script = ["C: AUTH PLAIN", "S: 334", "C: AHRpbQBzZWNyZXQ=", YES]
        with introduced(*script, offers=["AUTH PLAIN"]) as smtp:
            smtp.login("tim", "secret", initial_response_ok=False)

    def test_goes_through_auth_and_the_methods_of_a_subclass(self) -> None:
        calls = []
        with introduced(offers=["AUTH PLAIN"]) as smtp:

            def auth(mechanism: str, authobject: object, *, initial_response_ok: bool = True) -> tuple[int, bytes]:
                calls.append((mechanism, authobject, initial_response_ok))
                return 235, b"mine"

            smtp.auth = auth  # type: ignore[method-assign]
            assert smtp.login("tim", "secret", initial_response_ok=False) == (235, b"mine")
            assert calls == [("PLAIN", smtp.auth_plain, False)]


class TestTheLoginMechanism:
    @pytest.mark.parametrize(
        "script",
        [
            ["C: AUTH LOGIN dGlt", challenge(b"Password:"), PASSWORD, YES],
            ["C: AUTH LOGIN dGlt", YES],
            ["C: AUTH LOGIN dGlt", challenge(b"Username:"), USER, challenge(b"Password:"), PASSWORD, YES],
            ["C: AUTH LOGIN dGlt", challenge(b""), PASSWORD, YES],
        ],
    )
    def test_with_an_initial_response_answers_what_is_asked(self, script: list[str]) -> None:
        with introduced(*script, offers=["AUTH LOGIN"]) as smtp:
            smtp.login("tim", "secret")

    @pytest.mark.parametrize("prompts", [(b"Username:", b"Password:"), (b"User Name\0", b"Password\0"), (b"", b"")])
    def test_without_an_initial_response_sends_the_user_first(self, prompts: tuple[bytes, bytes]) -> None:
        script = ["C: AUTH LOGIN", challenge(prompts[0]), USER, challenge(prompts[1]), PASSWORD, YES]
        with introduced(*script, offers=["AUTH LOGIN"]) as smtp:
            smtp.login("tim", "secret", initial_response_ok=False)


class Recorder:
    """An authobject that answers from a list and remembers how it was called."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[bytes, ...]] = []

    def __call__(self, *args: bytes) -> str | None:
        self.calls.append(args)
        return self.answers.pop(0)


class TestAuth:
    @pytest.mark.parametrize(
        ("script", "answers", "calls"),
        [
            (["C: AUTH X YQ==", YES], ["a"], [()]),
            (["C: AUTH X =", YES], [""], [()]),
            (["C: AUTH X", "S: 334", "C: YQ==", YES], [None, "a"], [(), (b"",)]),
            (["C: AUTH X", "S: 334 ", "C: ", YES], [None, ""], [(), (b"",)]),
            (
                ["C: AUTH X YQ==", challenge(b"1"), "C: Yg==", challenge(b"2"), "C: Yw==", YES],
                ["a", "b", "c"],
                [(), (b"1",), (b"2",)],
            ),
        ],
    )
    def test_calls_the_authobject_first_without_argument(
        self, script: list[str], answers: list[str | None], calls: list[tuple[bytes, ...]]
    ) -> None:
        authobject = Recorder(*answers)
        with introduced(*script) as smtp:
            assert smtp.auth("x", authobject) == (235, b"2.7.0 yes")
        assert authobject.calls == calls

    def test_may_be_told_not_to(self) -> None:
        authobject = Recorder("a")
        with introduced("C: AUTH X", challenge(b"1"), "C: YQ==", YES) as smtp:
            smtp.auth("X", authobject, initial_response_ok=False)
        assert authobject.calls == [(b"1",)]

    def test_sends_a_long_response_on_one_line(self) -> None:
        encoded = b64encode(b"x" * 3000).decode()
        with introduced(f"C: AUTH X {encoded}", YES) as smtp:
            smtp.auth("X", lambda: "x" * 3000)

    def test_keeps_an_initial_response_that_would_make_the_command_too_long_for_the_challenge(self) -> None:
        authobject = Recorder("x" * 9210, "a")
        encoded = b64encode(b"x" * 9210).decode()
        with introduced("C: AUTH X", "S: 334", f"C: {encoded}", challenge(b"1"), "C: YQ==", YES) as smtp:
            smtp.auth("X", authobject)
        assert authobject.calls == [(), (b"1",)]

    @pytest.mark.parametrize("text", ["User?", "PLAIN supported", "YQ"])
    @pytest.mark.parametrize("answer", ["501 cancelled", "500 what"])
    def test_cancels_at_a_challenge_that_is_not_base64(self, text: str, answer: str) -> None:
        script = ["C: AUTH X", f"S: 334 {text}", "C: *", f"S: {answer}", "C: NOOP", "S: 250 ok"]
        with introduced(*script) as smtp:
            with pytest.raises(SMTPAuthenticationError) as caught:
                smtp.auth("X", Recorder(None))
            assert caught.value.smtp_code == int(answer[:3])
            smtp.noop()

    def test_counts_that_as_a_refusal_and_login_goes_on(self) -> None:
        script = ["C: AUTH CRAM-MD5", "S: 334 User?", "C: *", "S: 501 cancelled", PLAIN, YES]
        with introduced(*script, offers=["AUTH CRAM-MD5 PLAIN"]) as smtp:
            smtp.login("tim", "secret")

    def test_cancels_when_challenges_do_not_end(self) -> None:
        rounds = [challenge(b"more"), "C: YQ=="] * MAX_CHALLENGES
        with introduced("C: AUTH X", *rounds, challenge(b"more"), "C: *", "S: 501 cancelled") as smtp:
            with pytest.raises(SMTPAuthenticationError):
                smtp.auth("X", lambda challenge=None: challenge and "a")
            assert smtp.sock is not None

    @pytest.mark.parametrize("answer", ["334 YQ==", "235 yes", "250 ok", "gibberish"])
    def test_closes_the_connection_if_the_cancel_response_is_not_understood(self, answer: str) -> None:
        with introduced("C: AUTH X", "S: 334 ?", "C: *", f"S: {answer}") as smtp:
            with pytest.raises(SMTPAuthenticationError):
                smtp.auth("X", Recorder(None))
            assert smtp.sock is None

    @pytest.mark.parametrize(
        ("authobject", "kind"),
        [
            (lambda challenge=None: None if challenge is None else str(1 // 0), ZeroDivisionError),
            (lambda challenge=None: None if challenge is None else "é", UnicodeEncodeError),
            (lambda challenge=None: None if challenge is None else 3, AttributeError),
        ],
    )
    def test_cancels_if_the_authobject_fails(
        self, authobject: Callable[..., str | None], kind: type[Exception]
    ) -> None:
        script = ["C: AUTH X", challenge(b"1"), "C: *", "S: 501 cancelled", "C: NOOP", "S: 250 ok"]
        with introduced(*script) as smtp:
            with pytest.raises(kind):
                smtp.auth("X", authobject)
            smtp.noop()

    def test_cancels_if_the_authobject_has_no_response(self) -> None:
        script = ["C: AUTH X", challenge(b"1"), "C: *", "S: 501 cancelled"]
        with introduced(*script) as smtp, pytest.raises(SMTPAuthenticationError):
            smtp.auth("X", Recorder(None, None))

    def test_keeps_the_exception_of_the_authobject_if_cancelling_fails(self) -> None:
        with introduced("C: AUTH X", challenge(b"1"), "C: *", EOF) as smtp:
            with pytest.raises(UnicodeEncodeError):
                smtp.auth("X", Recorder(None, "é"))
            assert smtp.sock is None

    def test_that_loses_the_connection_in_the_middle_says_so(self) -> None:
        with introduced("C: AUTH X", challenge(b"1"), "C: YQ==", EOF) as smtp, pytest.raises(SMTPServerDisconnected):
            smtp.auth("X", Recorder(None, "a"))

    def test_sends_nothing_if_the_initial_response_is_not_ascii(self) -> None:
        with introduced() as smtp, pytest.raises(UnicodeEncodeError):
            smtp.auth("X", lambda: "é")

    def test_sends_the_name_of_a_mechanism_in_capitals(self) -> None:
        with introduced("C: AUTH X_Y-1 YQ==", "S: 235 ok") as smtp:
            assert smtp.auth("x_y-1", lambda: "a")[0] == 235

    @pytest.mark.parametrize("mechanism", ["PLAIN\r\nNOOP", "é"])
    def test_sends_nothing_if_the_mechanism_is_no_part_of_a_line(self, mechanism: str) -> None:
        with introduced() as smtp, pytest.raises(ValueError, match=r"line|ascii"):
            smtp.auth(mechanism, lambda: "a")

    def test_does_not_take_503_in_the_middle_for_success(self) -> None:
        script = ["C: AUTH X", challenge(b"1"), "C: YQ==", "S: 503 what"]
        with introduced(*script) as smtp, pytest.raises(SMTPAuthenticationError):
            smtp.auth("X", Recorder(None, "a"))

    def test_closes_the_connection_at_a_3yz_that_is_no_challenge(self) -> None:
        with introduced("C: AUTH X YQ==", "S: 354 go") as smtp:
            with pytest.raises(SMTPAuthenticationError):
                smtp.auth("X", lambda: "a")
            assert smtp.sock is None
