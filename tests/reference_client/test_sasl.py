from __future__ import annotations

import hmac

import pytest

from reference_client import _sasl as sasl


def test_cram_md5_is_as_in_the_example_of_rfc_2195() -> None:
    challenge = sasl.decode(b"PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+")
    assert challenge == b"<1896.697170952@postoffice.reston.mci.net>"
    response = sasl.cram_md5("tim", "tanstaaftanstaaf", challenge)
    assert response == "tim b913a602c7eda7a495b4e6e7334d3890"
    assert sasl.encode(response) == "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"


def test_plain_is_as_in_the_example_of_rfc_4616() -> None:
    assert sasl.plain("tim", "tanstaaftanstaaf") == "\0tim\0tanstaaftanstaaf"


def test_plain_is_as_in_the_example_of_rfc_4954() -> None:
    assert sasl.encode(sasl.plain("test", "1234")) == "AHRlc3QAMTIzNA=="


def test_an_encoded_response_is_one_line_however_long() -> None:
    assert "\n" not in sasl.encode("x" * 5000)


def test_an_empty_challenge_is_empty() -> None:
    assert sasl.decode(b"") == b""


@pytest.mark.parametrize("challenge", [b"User Name?", b"PLAIN supported", b"=", b"YQ", b"YQ==\nYQ==", b"\xff", b"*"])
def test_a_challenge_that_is_not_base64_is_no_challenge(challenge: bytes) -> None:
    with pytest.raises(sasl.ChallengeError):
        sasl.decode(challenge)


def test_a_response_outside_ascii_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        sasl.encode("pässword")


@pytest.mark.parametrize(("user", "password"), [("ü", "x"), ("x", "ü"), ("a\0b", "x"), ("x", "a\0b")])
def test_credentials_that_no_mechanism_can_carry_are_refused_without_showing_them(user: str, password: str) -> None:
    with pytest.raises(ValueError, match="ASCII") as caught:
        sasl.check_credentials(user, password)
    assert not any(value in str(caught.value) for value in (user, password) if len(value) > 1)


def test_credentials_are_text() -> None:
    with pytest.raises(TypeError, match="password"):
        sasl.check_credentials("x", b"secret")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("prompt", "user_was_sent", "expected"),
    [
        (b"Username:", False, False),
        (b"Username:", True, False),
        (b"User Name\0", True, False),
        (b"Password:", False, True),
        (b"Password:", True, True),
        (b"", False, False),
        (b"", True, True),
        (b"Kennwort", True, True),
    ],
)
def test_login_goes_by_the_words_of_the_prompt_and_else_by_order(
    prompt: bytes, user_was_sent: bool, expected: bool
) -> None:
    assert sasl.asks_for_password(prompt, user_was_sent=user_was_sent) is expected


def test_cram_md5_is_not_available_where_md5_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("disabled for FIPS")

    assert sasl.is_available("CRAM-MD5")
    monkeypatch.setattr(hmac, "new", refuse)
    assert not sasl.is_available("CRAM-MD5")
    assert sasl.is_available("PLAIN")
