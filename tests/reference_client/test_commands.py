from __future__ import annotations

import pytest

from reference_client._commands import command_line


def test_arguments_follow_after_one_space() -> None:
    assert command_line("MAIL", "FROM:<>") == "MAIL FROM:<>\r\n"


def test_without_arguments_there_is_no_space() -> None:
    assert command_line("NOOP", "") == "NOOP\r\n"


@pytest.mark.parametrize("character", ["\r", "\n", "\r\n", "\0"])
@pytest.mark.parametrize("place", ["{}NOOP", "NO{}OP", "NOOP{}"])
def test_a_command_that_is_not_one_line_is_refused(character: str, place: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        command_line(place.format(character), "")
    with pytest.raises(ValueError, match="one line"):
        command_line("HELP", place.format(character))
