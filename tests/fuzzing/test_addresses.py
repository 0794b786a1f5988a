"""What the reference client makes of an address: one path, or a refusal."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from reference_client._commands import command_line
from reference_client._paths import address_of, forward_path, quoteaddr
from tests.fuzzing.profiles import quick

_TOKENS = st.sampled_from(
    [
        "a",
        "b.c",
        "@",
        "example.org",
        "<",
        ">",
        '"',
        "\\",
        "(",
        ")",
        ",",
        ";",
        ":",
        " ",
        "\t",
        "\r\n",
        "\0",
        "[",
        "]",
        "é",
    ]
)
TEXTS = st.one_of(st.lists(_TOKENS, max_size=12).map("".join), st.text(max_size=40))
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@given(TEXTS)
@example('"a>"@example.org')
@example("<a@b> SIZE=1")
@quick(300)
def test_a_path_is_one_argument_and_reads_as_itself(text: str) -> None:
    """What goes behind MAIL FROM: is one path and nothing else, and reading it again gives the same path."""
    try:
        path = quoteaddr(text)
    except ValueError:
        return
    bare = _QUOTED.sub("", path)
    assert bare.startswith("<")
    assert bare.endswith(">")
    assert bare.count("<") == bare.count(">") == 1
    assert not re.search(r"[\x00-\x20\x7f]", bare)
    assert quoteaddr(path) == path
    assert address_of(path) in text
    assert command_line("MAIL", f"FROM:{path}").count("\r\n") == 1


@given(TEXTS)
@quick(100)
def test_a_recipient_is_an_address_or_is_refused(text: str) -> None:
    """RFC 5321 4.1.1.3: there is no null forward-path."""
    try:
        path = forward_path(text)
    except ValueError:
        return
    assert path not in {"", "<>"}


@given(st.text(max_size=30), st.text(max_size=30))
@quick(100)
def test_a_command_is_one_line_or_is_refused(command: str, arguments: str) -> None:
    """Nothing that a caller passes can become a second command."""
    try:
        line = command_line(command, arguments)
    except ValueError:
        return
    assert line.endswith("\r\n")
    assert not re.search(r"[\r\n\0]", line[:-2])
