from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_client import quoteaddr
from reference_client._paths import address_of, forward_path, reverse_path


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("a@b.example", "<a@b.example>"),
        ("<a@b.example>", "<a@b.example>"),
        (" a@b.example ", "<a@b.example>"),
        ("Al <a@b.example>", "<a@b.example>"),
        ('"Al, of <B>" <a@b.example>', "<a@b.example>"),
        ("a@b.example (Al)", "<a@b.example>"),
        ("Al <a@b.example> (home)", "<a@b.example>"),
        ("postmaster", "<postmaster>"),
        ("<postmaster>", "<postmaster>"),
        ("Mixed.Case%x+tag!y@b.example", "<Mixed.Case%x+tag!y@b.example>"),
        ("two..dots.@b.example", "<two..dots.@b.example>"),
        ('"a b"@b.example', '<"a b"@b.example>'),
        ('"a>b@c"@b.example', '<"a>b@c"@b.example>'),
        (r'"a\"b"@b.example', r'<"a\"b"@b.example>'),
        ("a@[127.0.0.1]", "<a@[127.0.0.1]>"),
        ("a@[IPv6:::1]", "<a@[IPv6:::1]>"),
        ("é@ü.example", "<é@ü.example>"),
        ("B. Smith <b@b.example", "<b@b.example>"),
    ],
)
def test_of_an_rfc_822_address_only_the_address_goes_into_the_path(address: str, path: str) -> None:
    assert reverse_path(address) == forward_path(address) == quoteaddr(address) == path


@pytest.mark.parametrize("address", ["", "<>", " ", "Nobody <>"])
def test_no_address_is_the_null_reverse_path(address: str) -> None:
    assert reverse_path(address) == "<>"


@pytest.mark.parametrize("address", ["", "<>"])
def test_there_is_no_null_forward_path(address: str) -> None:
    with pytest.raises(ValueError, match="needs an address"):
        forward_path(address)


@pytest.mark.parametrize(
    "address",
    [
        "<a@b.example> SIZE=1",
        "a@b.example> SIZE=1",
        "<a@b.example>> RET=HDRS",
        "a@b.example SIZE=1",
        "a@b.example, c@d.example",
        "a@b.example; c@d.example",
        "<a@b.example> <c@d.example>",
        "a@b.example\r\nRCPT TO:<c@d.example>",
        "a@b.example\n",
        "Al\r\n <a@b.example>",
        "a\0@b.example",
        "a\t@b.example",
        "a\x7f@b.example",
        "a b@b.example",
        "a@b@c.example",
        "a@",
        "@b.example",
        "alice@b.example)bob",
        ">foobar<",
        "@relay.example:a@b.example",
        '"open@b.example',
    ],
)
def test_text_that_is_more_or_less_than_one_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="one address"):
        address_of(address)


@pytest.mark.parametrize("address", [None, b"a@b.example", 3])
def test_an_address_is_a_str(address: object) -> None:
    with pytest.raises(TypeError, match="str"):
        address_of(address)  # type: ignore[arg-type]


@given(st.text(max_size=60))
def test_no_text_gives_a_path_that_could_end_early_or_begin_a_second_argument(text: str) -> None:
    try:
        path = reverse_path(text)
    except ValueError:
        return
    inside, quoted = path[1:-1], False
    assert (path[0], path[-1]) == ("<", ">")
    for i, character in enumerate(inside):
        assert character >= " "
        if character == '"' and not (i and inside[i - 1] == "\\"):
            quoted = not quoted
        assert quoted or character not in " <>,"


@given(st.from_regex(r"[a-z+.]{1,20}@[a-z.]{1,20}", fullmatch=True), st.from_regex(r"[A-Za-z .]{0,20}", fullmatch=True))
def test_a_display_name_makes_no_difference(address: str, name: str) -> None:
    assert reverse_path(f"{name} <{address}>") == reverse_path(address) == f"<{address}>"


@pytest.mark.parametrize("text", ["a" * 50_000, '"' * 50_000, "<" * 50_000, "(" * 50_000, '"a' * 20_000 + "<"])
def test_reading_an_address_takes_time_in_proportion_to_its_length(text: str) -> None:
    """A pattern that backtracks would not come back from these."""
    with suppress(ValueError):
        address_of(text)
