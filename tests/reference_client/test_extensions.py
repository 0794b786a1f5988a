from __future__ import annotations

import pytest

from reference_client._extensions import includes, only_offered, parse_offers, split_options


def offers_of(*lines: str) -> dict[str, str]:
    return dict(parse_offers("\n".join(["mail.example", *lines]).encode("latin-1")))


def test_keywords_are_in_lower_case_and_parameters_as_they_came() -> None:
    assert offers_of("SIZE 1000", "8BITMIME", "Auth PLAIN Login") == {
        "size": "1000",
        "8bitmime": "",
        "auth": "PLAIN Login",
    }


def test_the_first_line_is_never_an_offer() -> None:
    assert parse_offers(b"SIZE 1000") == {}


@pytest.mark.parametrize("line", ["  SIZE 1000", "SIZE\t1000", "SIZE   1000  "])
def test_white_space_around_the_parts_does_not_matter(line: str) -> None:
    assert offers_of(line) == {"size": "1000"}


@pytest.mark.parametrize("line", ["", "-SIZE", "SIZE\x03", "SI\x03ZE", "SIZE 10\x0000", "?", "SIZE/1000"])
def test_a_line_of_another_shape_is_no_offer(line: str) -> None:
    assert offers_of(line) == {}


def test_of_a_repeated_keyword_the_last_counts() -> None:
    assert offers_of("SIZE 5", "SIZE 9") == {"size": "9"}


@pytest.mark.parametrize(
    ("lines", "mechanisms"),
    [
        (["AUTH=LOGIN PLAIN"], "LOGIN PLAIN"),
        (["AUTH=LOGIN", "AUTH PLAIN CRAM-MD5"], "LOGIN PLAIN CRAM-MD5"),
        (["AUTH PLAIN", "AUTH=LOGIN"], "PLAIN LOGIN"),
        (["AUTH"], ""),
        (["AUTH="], ""),
    ],
)
def test_the_lists_of_auth_are_joined_in_both_forms(lines: list[str], mechanisms: str) -> None:
    assert offers_of(*lines) == {"auth": mechanisms}


def test_an_equals_sign_elsewhere_is_kept() -> None:
    assert offers_of("FOO=bar") == {"foo": "=bar"}


@pytest.mark.parametrize(
    ("option", "extension"),
    [
        ("BODY=8BITMIME", "8bitmime"),
        ("body=7bit", "8bitmime"),
        ("BODY=BINARYMIME", "binarymime"),
        ("8bitmime", "8bitmime"),
        ("SMTPUTF8", "smtputf8"),
        ("SIZE=3", "size"),
        ("RET=HDRS", "dsn"),
        ("ENVID=x", "dsn"),
        ("NOTIFY=NEVER", "dsn"),
        ("ORCPT=rfc822;a@b", "dsn"),
        ("AUTH=<>", "auth"),
        ("MT-PRIORITY=3", "mt-priority"),
        ("HOLDFOR=60", "futurerelease"),
        ("BY=120;R", "deliverby"),
        ("REQUIRETLS", "requiretls"),
        ("XUNKNOWN=1", "xunknown"),
    ],
)
def test_an_option_passes_with_its_extension_and_not_without(option: str, extension: str) -> None:
    assert only_offered([option], {extension: ""}) == [option]
    assert only_offered([option], {}) == []


def test_one_string_is_one_option() -> None:
    assert split_options("BODY=8BITMIME") == ["BODY=8BITMIME"]


def test_an_option_with_blanks_is_several_each_of_which_must_be_offered() -> None:
    options = split_options(["RET=HDRS SIZE=3", "  "])
    assert options == ["RET=HDRS", "SIZE=3"]
    assert only_offered(options, {"dsn": ""}) == ["RET=HDRS"]


@pytest.mark.parametrize("character", ["\r", "\n", "\0", "\t", "\x7f"])
def test_a_control_character_in_an_option_is_refused(character: str) -> None:
    with pytest.raises(ValueError, match="control characters"):
        split_options([f"RET=HDRS{character}"])


def test_the_callers_list_is_not_changed() -> None:
    options = ["RET=HDRS"]
    split_options(options).append("x")
    assert options == ["RET=HDRS"]


def test_options_are_found_by_keyword_without_regard_to_case() -> None:
    assert includes(["smtputf8"], "SMTPUTF8")
    assert includes(["size=3"], "SIZE")
    assert not includes(["SIZER=3"], "SIZE")
