from __future__ import annotations

import pytest

from reference_client._endpoint import split_endpoint


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        ("mail.example", 0, ("mail.example", 25)),
        ("mail.example", 587, ("mail.example", 587)),
        ("mail.example", "587", ("mail.example", 587)),
        ("mail.example:587", 0, ("mail.example", 587)),
        ("mail.example:587", 2525, ("mail.example", 587)),
        ("mail.example:0", 0, ("mail.example", 25)),
        ("::1", 0, ("::1", 25)),
        ("::1", 587, ("::1", 587)),
        ("[::1]", 587, ("::1", 587)),
        ("[::1]:587", 0, ("::1", 587)),
        ("[::1]587", 0, ("::1]587", 25)),  # which is no name of any host
    ],
)
def test_a_suffix_is_the_port_and_an_ipv6_address_stays_whole(host: str, port: int, expected: tuple[str, int]) -> None:
    assert split_endpoint(host, port, 25) == expected


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("mail.example:", 0),
        ("mail.example:smtp", 0),
        ("mail.example:77x", 0),
        ("mail.example: 77", 0),
        ("mail.example:-5", 0),
        ("mail.example:٢٥", 0),
        ("mail.example:99999", 0),
        ("mail.example", 99999),
        ("mail.example", -1),
        ("mail.example", "smtp"),
    ],
)
def test_a_port_that_no_port_can_be_is_an_oserror(host: str, port: int) -> None:
    with pytest.raises(OSError, match="port"):
        split_endpoint(host, port, 25)
